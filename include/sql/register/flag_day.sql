-- The day's flags: what was decided of an outcome (decided_flag) beside all that the outcome tells, and episodes that
-- ended without one.
-- Grain: one flag, closed ones too. Null in close_reason: it did not close; in figures and reasons: nothing told them.
select
    outcome.rule_id, outcome.rule_version, outcome.direction, outcome.subject, outcome.household_id, outcome.person_id,
    outcome.observed_low, outcome.observed_high, outcome.threshold, outcome.unit, outcome.parameters,
    outcome.assumptions, outcome.evidence, outcome.district, outcome.reason_zh, outcome.reason_en,
    decided.flag_id, decided.certainty, decided.state, decided.first_seen, decided.close_reason
from outcome
inner join (select * from decided_flag where has_outcome) as decided
    on outcome.rule_id = decided.rule_id
    and case when outcome.subject = 'person' then outcome.person_id else outcome.household_id end = decided.subject_id
union all
select
    rule_id, rule_version, direction, subject, household_id, person_id, null, null, null, null, '', '', '', district,
    null, null, flag_id, certainty, state, first_seen, close_reason
from decided_flag
where not has_outcome
order by flag_id
