-- The settlements that make up the medical burden of the persons that an explanation adds up, refunds with theirs.
-- Grain: person and settlement.
with own as (
    select member.person_id, settlement.settlement_id, settlement.record_key, settlement.settled_at, settlement.self_fen
    from settlement
    inner join person_link as link on settlement.person_record_key = link.record_key
    inner join counted_member as member on link.person_id = member.person_id
    cross join run
    where settlement.refund_of is null
        and cast(settlement.settled_at as date) > cast(run.data_date - interval 12 month as date)
        and cast(settlement.settled_at as date) <= run.data_date
)
select person_id, record_key, cast(settled_at as date) as settled_on, self_fen from own
union all
select own.person_id, refund.record_key, cast(refund.settled_at as date), refund.self_fen
from own
inner join settlement as refund on own.settlement_id = refund.refund_of
cross join run
where cast(refund.settled_at as date) <= run.data_date
order by all
