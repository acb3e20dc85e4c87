-- The systems that know a card's household, as prepared. Grain and nulls: include/sql/web/prepare/family.sql.
select family.*
from family
inner join ask on family.item_id = ask.item_id
order by family.household_key
