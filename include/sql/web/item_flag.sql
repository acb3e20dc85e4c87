-- The flags that ask for work of the items on one page of the list. Grain: one flag.
select flag.flag_id, flag.item_id, flag.district
from flag
cross join ask
where flag.is_asking and '|' || ask.items || '|' like '%|' || flag.item_id || '|%'
