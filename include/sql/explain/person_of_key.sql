-- The person whom an id or a record key belongs to. Grain: at most one person.
select distinct person_link.person_id as subject_id
from person_link
cross join asked_key
where asked_key.key in (person_link.person_id, person_link.record_key)
