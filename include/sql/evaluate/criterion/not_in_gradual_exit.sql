-- No gradual exit is granted that lasts on the data date.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    coalesce(gradual_exit_until < run.data_date, true) as outcome,
    true as is_told,
    forming_key as evidence,
    cast(null as varchar) as limbs
from household_subject
cross join run
