-- Somebody of the household is counted; the dead and those in custody are not. Nobody: cannot tell.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case when counted > 0 then true end as outcome,
    counted > 0 as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from household_subject
