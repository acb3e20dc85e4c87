-- Until when a household's consent lasts: the newest report's date, or the smallest date of its city family if that
-- is later. Lapsed ones are read here, and only here.
-- Grain: one household with any authorization.
with dated as (
    select
        joined.household_number, record.source, record.household_key, record.record_key, record.authorized_until,
        record.checked_on, record.report_version, record.report_no
    from family_household as joined
    inner join current_record as record on joined.family_key = record.household_key
    where record.source in ('province_check', 'city_check') and record.authorized_until is not null
),
report as (
    select
        *,
        row_number() over (
            partition by household_number order by checked_on desc, report_version desc, report_no desc, record_key
        ) as place
    from dated
    where source = 'province_check'
),
city_family as (
    select household_number, min(authorized_until) as authorized_until, min_by(record_key, (authorized_until, record_key)) as record_key
    from dated
    where source = 'city_check'
    group by household_number, household_key
),
paper as (
    select household_number, authorized_until, record_key from report where place = 1
    union all
    select household_number, authorized_until, record_key from city_family
)
select
    household.household_id, max(paper.authorized_until) as newest_authorization,
    string_agg(paper.record_key, '|' order by paper.record_key) as evidence
from paper
inner join household on paper.household_number = household.household_number
group by household.household_id
order by household.household_id
