-- The household's own roster entry is ACTIVE, dibao or borderline.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    is_db or is_by as outcome,
    true as is_told,
    coalesce(nullif(coverage_evidence, ''), forming_key) as evidence,
    cast(null as varchar) as limbs
from household_subject
