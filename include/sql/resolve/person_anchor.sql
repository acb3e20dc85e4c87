-- By what tomorrow recognises today's persons, beside the record keys that last, which stand in person_link; anchors that
-- were not seen today are kept.
-- Grain: one anchor. own_id: the id that the anchor was given first, unless that id went to another cluster; a merge
-- never changes it, so that undoing the merge gives every id back. own_since: the first data date of own_id.
-- person_id: the person in which the anchor stands.
select anchor, own_id, own_since, person_id
from anchor_person
where not is_keyed
order by place
