-- What can be chosen in the filters and how many items each choice has. Grain: kind and value.
-- Null in value: the items have none (no subdistrict known).
select 'district' as kind, district as value, count(*) as items from item group by district
union all
select 'township' as kind, township as value, count(*) as items from item group by township
union all
select 'rule' as kind, rule_id as value, count(distinct item_id || district) as items
from flag
where is_asking
group by rule_id
union all
select 'certainty' as kind, certainty as value, count(*) as items from item group by certainty
union all
select 'state' as kind, state as value, count(*) as items from item group by state
order by kind, value
