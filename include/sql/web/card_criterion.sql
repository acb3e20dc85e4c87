-- What the rules of a card judged, as prepared. Grain and nulls: include/sql/web/prepare/criterion.sql.
select criterion.*
from criterion
inner join ask on criterion.item_id = ask.item_id
order by criterion.flag_id, criterion.criterion
