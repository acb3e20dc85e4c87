-- Until when a household's consent lasts: the latest of its newest reports' dates and of the smallest date in each
-- of its city families. Lapsed ones are read here, and only here.
-- Grain: one household with any authorization.
with dated as (
    select
        joined.household_number, record.source, record.household_key,
        case record.source
            when 'city_check' then min(record.authorized_until) else max(record.authorized_until)
        end as authorized_until,
        min(record.record_key) as record_key
    from family_household as joined
    inner join current_record as record on joined.family_key = record.household_key
    where record.source in ('province_check', 'city_check') and record.authorized_until is not null
    group by joined.household_number, record.source, record.household_key
)
select
    household.household_id, max(dated.authorized_until) as newest_authorization,
    string_agg(dated.record_key, '|' order by dated.record_key) as evidence
from dated
inner join household on dated.household_number = household.household_number
group by household.household_id
order by household.household_id
