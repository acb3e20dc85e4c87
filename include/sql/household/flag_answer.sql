-- The frozen answers that count on the day: one about several ids, as those of merged persons, while they are one today.
-- Grain: flag. Nulls as in disposition.
with parted as (
    select about.flag_id
    from answered_subject as about
    left join redirect on about.subject_id = redirect.subject_id
    group by about.flag_id
    having count(distinct coalesce(redirect.leads_to, about.subject_id)) > 1
)
select answer.flag_id, answer.finding, answer.visited_on, answer.list_date
from disposition as answer
where answer.flag_id not in (select flag_id from parted)
order by answer.flag_id
