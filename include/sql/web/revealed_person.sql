-- One person of an item's household as the identity tables hold them, unmasked: for one logged look, kept nowhere.
-- Grain: the person that is asked for; no row for a child under 14 on the data date, and for whom nobody knows.
-- Null: no source gives it.
select person.name, person.id_no, record.phone
from person
inner join ask on person.person_id = ask.person_id
left join household_member as member on person.person_id = member.person_id
left join current_record as record on member.record_key = record.record_key
where not coalesce(person.birth_date > ask.data_date - interval 14 year, false)
