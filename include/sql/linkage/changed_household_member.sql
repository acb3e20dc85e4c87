-- Persons who would enter, leave or change a household. Grain: person. Null: in no household.
select
    coalesce(before.person_id, after.person_id) as person_id,
    before.household_id as household_before, after.household_id as household_after,
    before.role as role_before, after.role as role_after
from household_member as before
full join household_member_after as after on before.person_id = after.person_id
where before.household_id is distinct from after.household_id or before.role is distinct from after.role
order by 1
