-- The person that a key belongs to on a day: a person id, or the key of one of their records. Grain: person.
select distinct person_id
from person_link
where person_id in (select key from asked) or record_key in (select key from asked)
