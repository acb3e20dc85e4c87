-- The household is borderline, monitored against relapse, or left dibao or extremely poor support.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    coalesce(is_household_by, false) or (household_id is not null and is_household_monitored) or has_household_left as outcome,
    true as is_told,
    concat_ws('|', coverage_evidence, nullif(monitored_evidence, ''), nullif(left_evidence, '')) as evidence,
    concat_ws('|', case when is_household_by then 'borderline' end,
        case when household_id is not null and is_household_monitored then 'monitored' end,
        case when has_household_left then 'left' end) as limbs
from person_subject
