-- The household that an id or a source's own number belongs to. Grain: at most one household.
select distinct household_key.household_id as subject_id
from household_key
cross join asked_key
where asked_key.key in (household_key.household_id, household_key.household_key)
