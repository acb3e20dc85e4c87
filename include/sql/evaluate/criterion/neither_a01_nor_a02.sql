-- Neither A01 nor A02 is raised for the household today.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    not coalesce(raised.is_raised, false) as outcome,
    true as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from household_subject
left join raised on household_subject.household_id = raised.subject_id
