-- The people of a card, as prepared. Grain and nulls: include/sql/web/prepare/member.sql.
select member.*
from member
inner join ask on member.item_id = ask.item_id
order by member.is_head desc, member.person_id
