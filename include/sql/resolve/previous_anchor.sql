-- By what the day before recognised its persons, a view: anchors by themselves, and record keys that last, which stand in
-- the links. own_since is null where a link's record is recognised otherwise.
-- Grain: one anchor.
select anchor, own_id, own_since, person_id from previous_person_anchor
union all
select record_key, coalesce(own_id, person_id), own_since, person_id
from previous_person_link
where own_since is not null
