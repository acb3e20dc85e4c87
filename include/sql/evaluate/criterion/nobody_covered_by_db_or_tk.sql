-- No member of the household is covered by dibao or extremely poor support.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    not has_member_in_db_or_tk as outcome,
    true as is_told,
    member_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
