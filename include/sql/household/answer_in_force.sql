-- The answers less those whose correction ended: the source said something new, so the item is work again.
-- Grain: flag. Nulls as in disposition.
select answer.*
from answer
where not exists (
    select 1 from correction
    where correction.flag_id = answer.flag_id and correction.visited_on = answer.visited_on
        and correction.ended_on is not null
)
order by answer.flag_id
