-- Who was insured in employment by the answer before and is not by the answer in force (item S05), or may not be.
-- Grain: person whose winning S05 is HIT 0, or who has facts in force of which none answers S05 (is_silent) and was insured
-- before. was_insured: the newest earlier answer of the person that says another thing, of any system and any report ever
-- received, was HIT 1. stopped_on: since when the answers say 0; said again it stays; null where a silent one's newest answer
-- was HIT 1. An answer is known by the ID under which it came, and by its record key alone where nobody bears that ID now: a
-- key may be used again for somebody else, whose ID then differs by more than a slip. is_open: beside the 0 stands an ERROR, so
-- it may be more.
with answered as (
    select
        person_id, max(answered_on) as answered_on, bool_or(status = 'ERROR') as is_open,
        bool_or(status = 'HIT' and quantity = 0) and not bool_or(status = 'HIT' and coalesce(quantity, 1) <> 0) as is_stopped,
        string_agg(distinct record_key, '|' order by record_key) as evidence
    from winning_fact
    where item_code = 'S05'
    group by person_id
    having bool_or(status <> 'ERROR')
),
stopped as (
    select
        status.person_id, answered.person_id is null as is_silent, answered.answered_on as stopped_on,
        coalesce(answered.is_open, true) as is_open, answered.evidence
    from person_status as status
    left join answered on status.person_id = answered.person_id
    where status.has_facts and (answered.person_id is null or answered.is_stopped)
),
own_record as (
    select link.person_id, link.record_key
    from person_link as link
    inner join stopped on link.person_id = stopped.person_id
),
bearer as (
    select record_key as known_by, person_id from own_record
    union
    select record.id_raw, own_record.person_id
    from own_record
    inner join current_record as record on own_record.record_key = record.record_key
    where record.id_no is not null
),
borne as (
    select distinct id_raw from current_record where id_no is not null
),
known_answer as (
    select answer.record_key as known_by, answer.*
    from employment_answer as answer
    left join borne on answer.id_raw = borne.id_raw
    left join current_record as record on answer.record_key = record.record_key and record.id_no is not null
    where borne.id_raw is null
        and not case when length(answer.id_raw) = length(record.id_raw)
            then hamming(regexp_replace(answer.id_raw, '[^ -~]', '?', 'g'), record.id_raw) > 2 else false end
    union all
    select id_raw as known_by, employment_answer.* from employment_answer where id_raw is not null
),
earlier as (
    select distinct
        stopped.person_id, answer.as_of, answer.source, answer.record_key,
        answer.status = 'HIT' and coalesce(answer.quantity, 1) >= 1 as is_insured,
        answer.status = 'HIT' and coalesce(answer.quantity, 1) = 0 as is_stopped
    from stopped
    inner join bearer on stopped.person_id = bearer.person_id
    inner join known_answer as answer on bearer.known_by = answer.known_by
    where stopped.is_silent or answer.as_of < stopped.stopped_on
),
of_date as (
    select *
    from earlier
    qualify row_number() over (partition by person_id, as_of order by source desc, record_key, is_insured desc) = 1
),
other as (
    select *
    from of_date
    where not is_stopped
    qualify row_number() over (partition by person_id order by as_of desc) = 1
),
repeated as (
    select of_date.person_id, min(of_date.as_of) as first_said_on
    from of_date
    left join other on of_date.person_id = other.person_id
    where of_date.is_stopped and coalesce(of_date.as_of > other.as_of, true)
    group by of_date.person_id
)
select
    stopped.person_id, coalesce(repeated.first_said_on, stopped.stopped_on) as stopped_on,
    coalesce(other.is_insured, false) as was_insured, stopped.is_open, stopped.is_silent,
    concat_ws('|', stopped.evidence, other.record_key) as evidence
from stopped
left join other on stopped.person_id = other.person_id
left join repeated on stopped.person_id = repeated.person_id
where not stopped.is_silent or other.is_insured
order by stopped.person_id
