-- The person is not known to be dead; unknown counts as alive.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    is_dead is not true as outcome,
    true as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from person_subject
