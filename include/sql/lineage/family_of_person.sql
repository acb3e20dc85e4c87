-- Every system's number of the household that a person stands in. Grain: household number.
select known.household_key
from household_member as member
inner join household_key as known on member.household_id = known.household_id
where member.person_id in (select key from asked)
order by known.household_key
