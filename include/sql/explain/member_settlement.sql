-- The settlements that make up the medical burden of the persons that an explanation adds up, refunds with theirs.
-- Grain: person and settlement.
select settlement.person_id, settlement.record_key, settlement.settled_on, settlement.self_fen
from counted_settlement as settlement
inner join counted_member as member on settlement.person_id = member.person_id
order by all
