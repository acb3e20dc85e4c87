-- What the sources say of a card's people, as prepared. Grain and nulls: include/sql/web/prepare/fact.sql.
select fact.*
from fact
inner join ask on fact.item_id = ask.item_id
order by fact.person_id nulls first, fact.code, fact.valid_from, fact.record_key
