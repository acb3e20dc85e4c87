-- What can be chosen in the filters and how many items of a district each choice has. Grain: district, kind, value.
-- Null in value: the items have none (no subdistrict known).
select district, 'district' as kind, district as value, count(*) as items from item group by district
union all
select district, 'township' as kind, township as value, count(*) as items from item group by district, township
union all
select district, 'rule' as kind, rule_id as value, count(distinct item_id) as items
from flag
where is_asking
group by district, rule_id
union all
select district, 'certainty' as kind, certainty as value, count(*) as items from item group by district, certainty
union all
select district, 'state' as kind, state as value, count(*) as items from item group by district, state
order by district, kind, value
