-- What counts as a person's own payments for treatment in the twelve months up to the data date: settlements inside them,
-- and the refunds of those settlements, whenever they came. What reverses a refund counts with the settlement that the refund
-- reverses. A refund of an unknown settlement counts nothing.
-- Grain: person and settlement or refund. self_fen of a refund is below zero.
with own as (
    select
        link.person_id, settlement.settlement_id, settlement.record_key, cast(settlement.settled_at as date) as settled_on,
        settlement.self_fen
    from settlement
    inner join person_link as link on settlement.person_record_key = link.record_key
    cross join run
    where settlement.refund_of is null
        and cast(settlement.settled_at as date) > cast(run.data_date - interval 12 month as date)
        and cast(settlement.settled_at as date) <= run.data_date
),

refund as (
    select
        settlement.record_key, cast(settlement.settled_at as date) as settled_on, settlement.self_fen,
        coalesce(reversed.refund_of, settlement.refund_of) as origin_id
    from settlement
    left join settlement as reversed on settlement.refund_of = reversed.settlement_id
    cross join run
    where settlement.refund_of is not null
        and cast(settlement.settled_at as date) <= run.data_date
        and (reversed.settled_at is null or cast(reversed.settled_at as date) <= run.data_date)
)

select person_id, record_key, settled_on, self_fen from own
union all
select own.person_id, refund.record_key, refund.settled_on, refund.self_fen
from own
inner join refund on own.settlement_id = refund.origin_id
order by all
