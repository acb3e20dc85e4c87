-- Every household that claims a person, the strongest first: the more authoritative family, in force before
-- lapsed, the newer, the lower key. Rival claims are kept; a roster household that ended and stands as history of
-- another claims nobody.
-- Grain: person and family.
select
    member.person_id, joined.household_number, member.family_key, min(member.record_key) as record_key,
    member.level, member.is_lapsed, joined.role, max(member.claimed_at) as claimed_at,
    row_number() over (
        partition by member.person_id
        order by member.level, member.is_lapsed, max(member.claimed_at) desc nulls last, member.family_key
    ) as place
from family_member as member
inner join family_household as joined on member.family_key = joined.family_key
where joined.role <> 'history'
group by member.person_id, joined.household_number, member.family_key, member.level, member.is_lapsed, joined.role
order by member.person_id, place
