-- The families of all systems in the order in which they form households: roster, province, city, rural, ended
-- roster households; within a level those in force before those lapsed, then by key.
-- Grain: one family. head: relation 01 or 02, else the only member, else the lowest member number among the living.
with report as (
    select distinct household_key, area_code from current_record where source = 'province_check'
),
head as (
    select member.*, record.area_code as record_area
    from family_member as member
    inner join current_record as record on member.record_key = record.record_key
    where member.head_place = 1
)
select
    row_number() over (order by head.level, head.is_lapsed, head.family_key) as place,
    head.family_key, head.source, head.level, head.is_lapsed,
    head.record_key as head_record_key, head.person_id as head_person_id,
    coalesce(coverage.area_code, head.record_area) as area_code
from head
left join coverage on head.family_key = coverage.household_key
order by place
