-- The counts of the desk's districts (prepare/statistic.sql). Grain and nulls as there.
select rule_id, district, finding, waited, is_overdue, flags
from statistic
order by all
