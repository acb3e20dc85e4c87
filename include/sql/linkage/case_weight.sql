-- What hangs on each person: open flags, being covered, an active subsidy. Grain: one person of some review pair.
with concerned as (
    select left_person_id as person_id from review_pair
    union
    select right_person_id from review_pair where right_person_id is not null
),
flagged as (
    select concerned.person_id, count(distinct flag_day.flag_id) as flags
    from concerned
    left join household_member as member on concerned.person_id = member.person_id
    inner join flag_day
        on (flag_day.person_id = concerned.person_id or flag_day.household_id = member.household_id)
        and flag_day.state <> 'closed'
    group by concerned.person_id
),
paid as (
    select distinct link.person_id
    from person_link as link
    left join roster_member on link.record_key = roster_member.record_key
    where roster_member.is_covering or link.record_key like 'assistance_roster:subsidy/%'
)
select
    concerned.person_id, coalesce(flagged.flags, 0) as flags, paid.person_id is not null as is_paid
from concerned
left join flagged on concerned.person_id = flagged.person_id
left join paid on concerned.person_id = paid.person_id
order by concerned.person_id
