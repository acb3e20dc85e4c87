-- The persons of families, each with a number from 1 on, a view: households are formed over numbers.
-- Grain: one person.
select person_id, row_number() over (order by person_id) as person_no
from (select distinct person_id from family_member)
