-- Answers that were found anew although nothing had changed, and are others than those of the day before: there must be
-- none. Grain: one answer of a rule, as it was and as it is.
with seat as (
    select person_id as subject_id, coalesce(household_id, person_id) as unit_id from person_figure
    union all
    select household_id, household_id from household_figure
),
again as (
    select seat.subject_id
    from seat
    inner join dossier as today on seat.unit_id = today.unit_id
    inner join previous_dossier as before on today.unit_id = before.unit_id and today.digest = before.digest
    where not exists (select 1 from held_subject as held where held.subject_id = seat.subject_id)
),
was as (
    select * from previous_outcome where coalesce(person_id, household_id) in (select subject_id from again)
),
found as (
    select * from fresh_outcome where coalesce(person_id, household_id) in (select subject_id from again)
)
select * from (select * from was except all select * from found)
union all
select * from (select * from found except all select * from was)
