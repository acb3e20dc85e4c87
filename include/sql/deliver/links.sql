-- Which person and household each current source record belongs to. Grain: one record key.
-- Null in household_id: the person stands in no household.
select
    link.source, link.record_key, link.person_id, member.household_id, link.method, link.score
from person_link as link
left join household_member as member on link.person_id = member.person_id
order by link.source, link.record_key
