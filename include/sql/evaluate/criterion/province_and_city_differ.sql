-- Province and city answer an item differently, beyond one per cent of the larger and ten yuan. Observed: items.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_subject.person_id as subject_id,
    cast(coalesce(difference.items, 0) as decimal(38, 8)) as low,
    cast(coalesce(difference.items, 0) as decimal(38, 8)) as high,
    cast(1 as decimal(38, 8)) as threshold,
    'items' as unit,
    '' as parameters,
    difference.person_id is not null as outcome,
    true as is_told,
    coalesce(difference.evidence, '') as evidence,
    cast(null as varchar) as limbs
from person_subject
left join (
    select person_id, count(*) as items, string_agg(province_key || '|' || city_key, '|' order by item_code) as evidence
    from discrepancy
    group by person_id
) as difference on person_subject.person_id = difference.person_id
