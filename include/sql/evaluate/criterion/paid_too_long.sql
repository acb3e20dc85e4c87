-- Something was paid for a time after the death or after the end of coverage. Nobody answered about death: what
-- followed a death cannot be told.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_subject.person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case when paid.person_id is not null then true when is_dead is not null or not is_on_roster then false end as outcome,
    false as is_told,
    concat_ws('|', death_evidence, paid.evidence) as evidence,
    paid.limbs
from person_subject
left join (
    select
        person_id, string_agg(distinct record_key, '|' order by record_key) as evidence,
        string_agg(distinct limb, '|' order by limb) as limbs
    from overpayment
    group by person_id
) as paid on person_subject.person_id = paid.person_id
