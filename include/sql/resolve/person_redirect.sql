-- Where a person id leads that no longer stands for a person: after a merge the older id lives on.
-- Grain: one id that was merged away.
with left_behind as (
    select own_id, person_id from person_anchor where own_id <> person_id
    union all
    select own_id, person_id from person_link where own_id is not null
),
moved as (
    select own_id, min(person_id) as leads_to from left_behind group by own_id
),
alive as (
    select person_id from person_anchor where person_id in (select own_id from moved)
    union
    select person_id from person_link where person_id in (select own_id from moved)
)
select own_id as person_id, leads_to
from moved
where own_id not in (select person_id from alive)
order by own_id
