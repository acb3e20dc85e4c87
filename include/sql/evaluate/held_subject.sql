-- The subjects whose answers of the day before still hold: the rules read of their unit what they read then.
-- Grain: one household or person. One unit in thirty is asked all the same each day, so that within a month everybody's
-- answers have been found anew (asked_again.sql compares them).
with seat as (
    select person_id as subject_id, coalesce(household_id, person_id) as unit_id from person_figure
    union all
    select household_id, household_id from household_figure
)
select seat.subject_id
from seat
inner join dossier as today on seat.unit_id = today.unit_id
inner join previous_dossier as before on today.unit_id = before.unit_id and today.digest = before.digest
cross join run
where hash(seat.unit_id) % 30 <> (run.data_date - date '2000-01-01') % 30
order by seat.subject_id
