-- Answers that were found anew although nothing had changed, and are others than those of the day before: there must be
-- none. Grain: one answer of a rule, as it was and as it is.
with again as (
    select unchanged.subject_id
    from unchanged_subject as unchanged
    where not exists (select 1 from held_subject as held where held.subject_id = unchanged.subject_id)
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
