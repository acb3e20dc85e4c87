-- The household left dibao or extremely poor support less than two years ago.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    has_left as outcome,
    true as is_told,
    left_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
