-- Who stands in which household; a person stands in exactly one.
-- Grain: one person. role member: named by the forming family; also_seen: only by a family that joined, listed
-- and not counted; the dead and those in custody are members and not counted.
select
    household.household_id, claim.person_id, claim.record_key, family.source,
    case when claim.role = 'forming' then 'member' else 'also_seen' end as role,
    claim.role = 'forming' and status.is_dead is not true and status.is_in_custody is not true as is_counted
from person_claim as claim
inner join household on claim.household_number = household.household_number
inner join family on claim.family_key = family.family_key
inner join person_status as status on claim.person_id = status.person_id
where claim.place = 1
order by claim.person_id
