-- By what today's persons are recognised from day to day, a view: valid IDs, record keys that last, and the content of other
-- records (rows of the same content are numbered). All records of a number that stand by it have one ID.
-- Grain: one anchor. record_no: the record, null for an ID. id_number: the ID, or that by which the record stands, else null.
with id as (
    select id_number, any_value(id_no) as id_no
    from current_record
    where id_number is not null and record_no not in (select record_no from own_node)
    group by id_number
),
keyed as (
    select
        record.record_key, record.record_no, case when own.record_no is null then record.id_number end as id_number
    from current_record as record
    left join own_node as own on record.record_no = own.record_no
    where record.is_keyed
),
repeated as (
    select
        coalesce(anchor, concat_ws('|', source, household_key, id_no, name, birth_date)) as content, record_key, record_no
    from current_record
    where not is_keyed and record_no in (select record_no from own_node)
)
select 'id:' || id_no as anchor, cast(null as bigint) as record_no, id_number, false as is_keyed from id
union all
select record_key, record_no, id_number, true from keyed
union all
select content || '#' || row_number() over (partition by content order by record_key), record_no, null, false
from repeated
