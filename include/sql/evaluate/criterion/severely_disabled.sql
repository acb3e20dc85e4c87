-- A valid and undisputed certificate is severe (level 1 or 2) or extended (level 3 intellectual or mental; levels 3
-- and 4 where the district extends the nursing subsidy).
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    'nursing_levels_3_4' as parameters,
    case when is_valid then is_severe or is_extended else false end as outcome,
    true as is_told,
    certificate_evidence as evidence,
    cast(null as varchar) as limbs
from person_subject
