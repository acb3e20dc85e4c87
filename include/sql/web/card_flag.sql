-- The flags of a card, those closed today too, as prepared. Grain and nulls: include/sql/web/prepare/flag.sql.
select flag.*
from flag
inner join ask on flag.item_id = ask.item_id
order by flag.rule_id, flag.flag_id
