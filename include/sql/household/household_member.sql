-- Who stands in which household; a person stands in exactly one, where their strongest claim is.
-- Grain: one person. role member: named by a family of the system that forms the household; also_seen: named only by a
-- lower one, listed and not counted (no claim is of a higher one than forms it, and none of the person's is higher than the
-- strongest); the dead and those in custody are members and not counted.
with strongest as (
    select
        person_id, household_number, record_key,
        case level
            when 1 then 'province_check'
            when 2 then 'city_check'
            when 3 then 'rural_revitalization'
            else 'assistance_roster'
        end as source
    from person_claim
    where place = 1
)
select
    household.household_id, claim.person_id, claim.record_key, claim.source,
    case when claim.source = household.forming_source then 'member' else 'also_seen' end as role,
    claim.source = household.forming_source and status.is_dead is not true and status.is_in_custody is not true as is_counted
from strongest as claim
inner join household on claim.household_number = household.household_number
inner join person_status as status on claim.person_id = status.person_id
order by claim.person_id
