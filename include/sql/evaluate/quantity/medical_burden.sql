-- What a person paid for treatment in the twelve months up to the data date, refunds taken off.
-- Grain: person with a settlement that counts. Never below zero. No row: nothing was settled, which is zero.
select person_id, cast(greatest(sum(self_fen), 0) as bigint) as burden_fen
from counted_settlement
group by person_id
order by person_id
