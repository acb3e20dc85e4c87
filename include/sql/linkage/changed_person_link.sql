-- Records that would stand in another company. Grain: one record key. Ids alone say nothing: company is compared.
with before as (
    select record_key, person_id, method, min(record_key) over (partition by person_id) as company,
        count(*) over (partition by person_id) as records
    from person_link
),
after as (
    select record_key, person_id, method, min(record_key) over (partition by person_id) as company,
        count(*) over (partition by person_id) as records
    from person_link_after
)
select
    before.record_key, before.person_id as person_before, after.person_id as person_after,
    before.method as method_before, after.method as method_after
from before
inner join after on before.record_key = after.record_key
where before.company <> after.company or before.records <> after.records or before.person_id <> after.person_id
order by before.record_key
