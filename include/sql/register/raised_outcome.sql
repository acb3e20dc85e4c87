-- The day's outcomes of which something follows, by what decides: they raise a flag or meet an open one (open_episode).
-- Grain: one outcome. What is possible raises a flag where the family gains by it, and what is held neither raises nor
-- ends one. Null in district: not known; in false_criterion: the outcome is not false.
with subject as (
    select
        rule_id, rule_version, direction, subject, household_id, person_id, outcome, is_held, district, false_criterion,
        case when subject = 'person' then person_id else household_id end as subject_id
    from outcome
)
select subject.*
from subject
left join open_episode as episode on subject.rule_id = episode.rule_id and subject.subject_id = episode.subject_id
where
    episode.rule_id is not null
    or (subject.outcome = 'certain' or (subject.outcome = 'possible' and subject.direction <> 'B')) and not subject.is_held
order by subject.rule_id, subject.subject_id
