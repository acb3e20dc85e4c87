-- Every household that claims a person, the strongest first: the more authoritative family, in force before
-- lapsed, the newer, the lower key. Rival claims are kept; a roster household that ended and stands as history of
-- another claims nobody.
-- Grain: person and family.
with named as (
    select
        person_id, family_key, min(record_key) as record_key, min(level) as level, bool_and(is_lapsed) as is_lapsed,
        max(claimed_at) as claimed_at
    from family_member
    group by person_id, family_key
)
select
    named.person_id, joined.household_number, named.family_key, named.record_key, named.level, named.is_lapsed,
    joined.role, named.claimed_at,
    row_number() over (
        partition by named.person_id
        order by named.level, named.is_lapsed, named.claimed_at desc nulls last, named.family_key
    ) as place
from named
inner join family_household as joined on named.family_key = joined.family_key
where joined.role <> 'history'
order by named.person_id, place
