-- The item of a card, as prepared. Grain and nulls: include/sql/web/prepare/item.sql.
select item.*
from item
inner join ask on item.item_id = ask.item_id
order by item.district
