-- The families of all systems in the order in which they form households: roster, province, city, rural, ended
-- roster households; within a level those in force before those lapsed, then by key.
-- Grain: one family. head: relation 01 or 02, else the only member, else the lowest member number among the living;
-- null where a roster household has no member left. Null in area_code: the system gives none.
with head as (
    select member.*, record.area_code as record_area
    from family_member as member
    inner join current_record as record on member.record_key = record.record_key
    where member.head_place = 1
),
known as (
    select
        head.level, head.is_lapsed, head.family_key, head.source, head.record_key, head.person_id,
        coalesce(coverage.area_code, head.record_area) as area_code
    from head
    left join coverage on head.family_key = coverage.household_key
    union all
    select 0, false, coverage.household_key, coverage.source, null, null, coverage.area_code
    from coverage
    cross join run
    where coverage.approved_on <= run.data_date
        and (coverage.status <> 'ENDED' or coverage.ended_on > run.data_date)
        and not exists (select 1 from head where head.family_key = coverage.household_key)
)
select
    row_number() over (order by level, is_lapsed, family_key) as place,
    family_key, source, level, is_lapsed, record_key as head_record_key, person_id as head_person_id, area_code
from known
order by place
