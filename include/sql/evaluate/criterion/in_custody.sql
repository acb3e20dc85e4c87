-- A checking system holds a record of custody or prison in force. Nobody answered: cannot tell.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    is_in_custody as outcome,
    is_in_custody is not null as is_told,
    coalesce(custody_evidence, '') as evidence,
    cast(null as varchar) as limbs
from person_subject
