-- By what today's persons are recognised from day to day, a view: valid IDs, record keys that last, the content of other
-- records (rows of the same content are numbered), and the seat of these: who it is but for the number, in a household or by
-- a phone. Only by its seat is a record known again whose ID came, went or was corrected; where two share a seat it tells
-- nothing. All records of a number that stand by it have one ID.
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
),
seated as (
    select
        case
            when record.household_key is not null and record.name is not null and record.birth_date is not null
                then concat_ws('|', record.source, record.household_key, record.name, record.birth_date)
            when record.household_key is null and record.name is not null and record.phone is not null
                then concat_ws('|', record.source, record.name, record.phone)
        end as seat,
        record.record_no, case when own.record_no is null then record.id_number end as id_number
    from current_record as record
    left join own_node as own on record.record_no = own.record_no
    where not record.is_keyed
),
seat as (
    select seat, min(record_no) as record_no, min(id_number) as id_number
    from seated
    where seat is not null
    group by seat
    having count(*) = 1
)
select 'id:' || id_no as anchor, cast(null as bigint) as record_no, id_number, false as is_keyed from id
union all
select record_key, record_no, id_number, true from keyed
union all
select content || '#' || row_number() over (partition by content order by record_key), record_no, null, false
from repeated
union all
select 'seat:' || seat, record_no, id_number, false from seat
