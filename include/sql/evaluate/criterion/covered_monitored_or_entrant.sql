-- The household is covered, monitored against relapse, or has A01, A02 or A03 open.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    is_covered or is_monitored or entrant.is_open is true as outcome,
    true as is_told,
    concat_ws('|', nullif(coverage_evidence, ''), nullif(monitored_evidence, '')) as evidence,
    cast(null as varchar) as limbs
from household_subject
left join entrant on household_subject.household_id = entrant.subject_id
