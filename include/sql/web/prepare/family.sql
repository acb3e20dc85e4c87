-- Which systems know an item's household, under which number, since when. Grain: item, district and family.
with shown as (
    select distinct item_id, district, household_id from flag where household_id is not null
)
select
    shown.item_id, shown.district, known.household_key, known.source, known.role, known.is_lapsed, known.first_seen
from shown
inner join household_key as known on shown.household_id = known.household_id
order by shown.district, shown.item_id, known.household_key
