-- Every counted member has facts in force; else the rule cannot tell. Nobody counted: cannot tell.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case when has_all_facts then true end as outcome,
    has_all_facts as is_told,
    '' as evidence,
    cast(null as varchar) as limbs
from household_subject
