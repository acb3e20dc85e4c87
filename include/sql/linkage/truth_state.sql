-- What the day did with each record that a truth names. linked; lost: the day had it, as a current record or as one that
-- was refused, and no link names it; replaced: a newer report or a withdrawal took its place; unknown: the day never had it.
-- Grain: one record of the truth.
with linked as (select record_key from person_link),
had as (
    select record_key from current_record
    union
    select record_key from rejected_record
),
replaced as (
    select record_key from person_record
    union
    select record_key from subsidy
)
select
    truth.record_key,
    case
        when linked.record_key is not null then 'linked'
        when had.record_key is not null then 'lost'
        when replaced.record_key is not null then 'replaced'
        else 'unknown'
    end as state
from truth
left join linked on truth.record_key = linked.record_key
left join had on truth.record_key = had.record_key
left join replaced on truth.record_key = replaced.record_key
order by truth.record_key
