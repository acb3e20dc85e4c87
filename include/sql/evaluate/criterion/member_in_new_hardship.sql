-- A04 or A09 holds for a member of the household.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_subject.household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case when hardship.household_id is null then false else hardship.outcome end as outcome,
    coalesce(hardship.is_told, true) as is_told,
    coalesce(hardship.evidence, '') as evidence,
    hardship.limbs
from household_subject
left join hardship on household_subject.household_id = hardship.household_id
