-- Who stands in which household; a person stands in exactly one.
-- Grain: one person. role member: named by a family of the system that forms the household; also_seen: named only by a
-- lower one, listed and not counted; the dead and those in custody are members and not counted.
with named as (
    select distinct claim.person_id, claim.household_number
    from person_claim as claim
    inner join person_claim as forming
        on claim.household_number = forming.household_number and claim.level = forming.level
    where forming.role = 'forming'
)
select
    household.household_id, claim.person_id, claim.record_key, family.source,
    case when named.person_id is not null then 'member' else 'also_seen' end as role,
    named.person_id is not null and status.is_dead is not true and status.is_in_custody is not true as is_counted
from person_claim as claim
inner join household on claim.household_number = household.household_number
inner join family on claim.family_key = family.family_key
left join named on claim.person_id = named.person_id and claim.household_number = named.household_number
inner join person_status as status on claim.person_id = status.person_id
where claim.place = 1
order by claim.person_id
