-- Who each system puts together as one family on the data date.
-- Grain: one record in one family. level: 0 roster, 1 province, 2 city, 3 rural, 4 roster households that ended.
with member as (
    select
        household_key as family_key, person_id, record_key, cast(approved_on as timestamp) as claimed_at, false as is_lapsed,
        case when status = 'ENDED' then 4 else 0 end as level
    from roster_member
    union all
    select
        record.household_key, link.person_id, record.record_key,
        case record.source
            when 'province_check' then cast(record.checked_on as timestamp) else record.updated_at
        end,
        record.source in ('province_check', 'city_check')
        and coalesce(record.authorized_until < run.data_date, true),
        case record.source when 'province_check' then 1 when 'city_check' then 2 else 3 end
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    cross join run
    where record.source in ('province_check', 'city_check', 'rural_revitalization') and record.household_key is not null
)
select
    member.family_key, record.source, member.level,
    bool_and(member.is_lapsed) over (partition by member.family_key) as is_lapsed,
    member.person_id, member.record_key, member.claimed_at,
    record.is_head is true and status.is_dead is not true as is_living_head,
    count(*) over (partition by member.family_key) = 1 as is_only_member,
    row_number() over (
        partition by member.family_key
        order by
            (record.is_head is true and status.is_dead is not true) desc,
            status.is_dead is true,
            try_cast(record.member_no as bigint) nulls last,
            record.record_key
    ) as head_place
from member
inner join current_record as record on member.record_key = record.record_key
inner join person_status as status on member.person_id = status.person_id
order by member.family_key, member.record_key
