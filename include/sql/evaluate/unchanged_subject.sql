-- Of whom the rules read today what they read the day before. Grain: one household or person, with its unit.
with seat as (
    select person_id as subject_id, coalesce(household_id, person_id) as unit_id from person_figure
    union all
    select household_id, household_id from household_figure
)
select seat.subject_id, seat.unit_id
from seat
inner join dossier as today on seat.unit_id = today.unit_id
inner join previous_dossier as before on today.unit_id = before.unit_id and today.digest = before.digest
