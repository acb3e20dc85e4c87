-- Where a person id leads that no longer stands for a person: after a merge the older id lives on.
-- Grain: one id that was merged away.
select own_id as person_id, min(person_id) as leads_to
from person_anchor
where own_id <> person_id and own_id not in (select person_id from person_anchor)
group by own_id
order by own_id
