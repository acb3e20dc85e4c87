-- Everything that the sources say of one person, the believed value of each attribute first.
-- Grain: attribute and distinct value. place 1 is the golden value; the others are its rivals. as_of: when the source last
-- touched the record, null where it does not say. Asked for one person at a time: golden values of everybody would cost
-- more than the rest of resolution, and nobody reads them at once.
with mine as (
    select record.*, coalesce(cast(record.updated_at as date), record.checked_on) as as_of
    from person_link as link
    inner join asked on link.person_id = asked.person_id
    inner join current_record as record on link.record_key = record.record_key
    where not record.is_subsidy
),
said as (
    select 'name' as attribute, name as value, source, record_key, as_of from mine
    union all
    select 'sex', sex, source, record_key, as_of from mine
    union all
    select 'sex', case when cast(substr(id_no, 17, 1) as integer) % 2 = 1 then '1' else '2' end, 'valid_id', record_key, as_of from mine where id_no is not null
    union all
    select 'birth_date', cast(stated_birth as varchar), source, record_key, as_of from mine
    union all
    select 'birth_date', cast(id_birth as varchar), 'valid_id', record_key, as_of from mine where id_no is not null
    union all
    select 'phone', coalesce(phone_key, phone), source, record_key, as_of from mine
    union all
    select 'address', address, source, record_key, as_of from mine
    union all
    select 'id_no', id_no, source, record_key, as_of from mine
),
believed as (
    select
        said.*, source_order.place as source_place,
        row_number() over (
            partition by said.attribute, said.value order by source_order.place, said.as_of desc nulls last, said.record_key
        ) as value_place
    from said
    inner join source_order on said.attribute = source_order.attribute and said.source = source_order.source
    where said.value is not null
)
select
    attribute,
    row_number() over (
        partition by attribute order by source_place, as_of desc nulls last, record_key, value
    ) as place,
    value, source, record_key, as_of, source_place
from believed
where value_place = 1
order by attribute, place
