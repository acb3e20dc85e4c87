-- The person is covered by dibao, or as borderline where the district extends the living subsidy.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    'living_borderline' as parameters,
    by_db or (by_by and living_borderline) as outcome,
    true as is_told,
    coverage_evidence as evidence,
    cast(null as varchar) as limbs
from person_subject
