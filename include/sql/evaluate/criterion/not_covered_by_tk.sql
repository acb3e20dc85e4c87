-- The person is not covered by extremely poor support.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    not by_tk as outcome,
    true as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from person_subject
