-- Covered in two households or programmes at once, or by extremely poor support beside a disability subsidy. The
-- one-person DB beside the family's BY is lawful.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    is_covered_twice or (by_tk and has_active_subsidy) as outcome,
    true as is_told,
    concat_ws('|', nullif(coverage_evidence, ''), nullif(subsidy_evidence, '')) as evidence,
    concat_ws('|', case when is_covered_twice then 'twice' end,
        case when by_tk and has_active_subsidy then 'subsidy' end) as limbs
from person_subject
