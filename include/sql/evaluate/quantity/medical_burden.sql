-- What a person paid for treatment in the twelve months up to the data date: own payments of settlements inside them,
-- less the refunds of those settlements, whenever they came. A refund of an unknown settlement counts nothing.
-- Grain: person with such a settlement. Never below zero. No row: nothing was settled, which is zero.
with own as (
    select
        link.person_id, settlement.settlement_id, settlement.record_key, settlement.self_fen
    from settlement
    inner join person_link as link on settlement.person_record_key = link.record_key
    cross join run
    where settlement.refund_of is null
        and cast(settlement.settled_at as date) > cast(run.data_date - interval 12 month as date)
        and cast(settlement.settled_at as date) <= run.data_date
),
counted as (
    select person_id, record_key, self_fen from own
    union all
    select own.person_id, refund.record_key, refund.self_fen
    from own
    inner join settlement as refund on own.settlement_id = refund.refund_of
    cross join run
    where cast(refund.settled_at as date) <= run.data_date
)
select
    person_id, cast(greatest(sum(self_fen), 0) as bigint) as burden_fen,
    string_agg(record_key, '|' order by record_key) as evidence
from counted
group by person_id
order by person_id
