-- What can be chosen in the filters over the visitor's districts. Grain: kind and value. Null in value: see prepare.
select kind, value, cast(sum(items) as bigint) as items
from choice
group by kind, value
order by kind, value
