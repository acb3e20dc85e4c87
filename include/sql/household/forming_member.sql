-- Who belongs to the families of forming_family, as numbers. place: that of the family in their order, from 1 on.
-- Grain: family and person.
select distinct family.place, person.person_no
from family_member as member
inner join family on member.family_key = family.family_key
inner join person_number as person on member.person_id = person.person_id
order by family.place, person.person_no
