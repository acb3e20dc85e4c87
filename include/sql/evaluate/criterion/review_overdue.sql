-- The day of the next review has passed. Without one: cannot tell. Observed: days overdue.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(run.data_date - next_review_on as decimal(38, 8)) as low,
    cast(run.data_date - next_review_on as decimal(38, 8)) as high,
    cast(0 as decimal(38, 8)) as threshold,
    'days' as unit,
    '' as parameters,
    next_review_on < run.data_date as outcome,
    next_review_on is not null as is_told,
    forming_key as evidence,
    cast(null as varchar) as limbs
from household_subject
cross join run
