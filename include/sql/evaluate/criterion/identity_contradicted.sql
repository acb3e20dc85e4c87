-- Two persons stand under one valid ID, one person has two, or households that stand apart claim the person.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_subject.person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    conflict.person_id is not null as outcome,
    true as is_told,
    coalesce(conflict.evidence, '') as evidence,
    conflict.limbs
from person_subject
left join (
    select
        person_id, string_agg(evidence, '|' order by conflict) as evidence,
        string_agg(conflict, '|' order by conflict) as limbs
    from identity_conflict
    group by person_id
) as conflict on person_subject.person_id = conflict.person_id
