-- Every month of the window was answered for. Months after the answer are carried on, so the rule may hold at most.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case when not has_carried_month then true end as outcome,
    true as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from household_subject
