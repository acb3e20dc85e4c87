-- Flags that would come, go or change their certainty. Grain: rule and subject. Null: no flag.
with before as (
    select rule_id, coalesce(person_id, household_id) as subject_id, outcome
    from outcome where outcome in ('certain', 'possible')
),
after as (
    select rule_id, coalesce(person_id, household_id) as subject_id, outcome
    from outcome_after where outcome in ('certain', 'possible')
)
select
    coalesce(before.rule_id, after.rule_id) as rule_id, coalesce(before.subject_id, after.subject_id) as subject_id,
    before.outcome as before, after.outcome as after
from before
full join after on before.rule_id = after.rule_id and before.subject_id = after.subject_id
where before.outcome is distinct from after.outcome
order by 1, 2
