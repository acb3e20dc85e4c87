-- Who was insured in employment by the answer before and is not by the answer in force (item S05).
-- Grain: person whose winning S05 is HIT 0. was_insured: the newest earlier answer of the person, of any system and
-- any report ever received, was HIT 1.
with stopped as (
    select
        person_id, max(answered_on) as stopped_on, string_agg(distinct record_key, '|' order by record_key) as evidence
    from winning_fact
    where item_code = 'S05'
    group by person_id
    having bool_or(status = 'HIT' and quantity = 0) and not bool_or(status = 'HIT' and coalesce(quantity, 1) <> 0)
),
bearer as (
    select record_key as known_by, person_id from person_link
    union
    select record.id_raw, link.person_id
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    where record.id_no is not null
),
earlier as (
    select distinct
        stopped.person_id, answer.as_of, answer.source, answer.record_key,
        answer.status = 'HIT' and coalesce(answer.quantity, 1) >= 1 as is_insured
    from stopped
    inner join bearer on stopped.person_id = bearer.person_id
    inner join employment_answer as answer on bearer.known_by in (answer.record_key, answer.id_raw)
    where answer.as_of < stopped.stopped_on
),
newest as (
    select
        *,
        row_number() over (
            partition by person_id order by as_of desc, source desc, record_key, is_insured desc
        ) as place
    from earlier
)
select
    stopped.person_id, stopped.stopped_on, coalesce(newest.is_insured, false) as was_insured,
    concat_ws('|', stopped.evidence, newest.record_key) as evidence
from stopped
left join newest on stopped.person_id = newest.person_id and newest.place = 1
order by stopped.person_id
