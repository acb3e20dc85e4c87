-- How each criterion of one rule was answered for the subjects that a flag stands or may stand on.
-- Grain: subject and criterion. Null in outcome: it may hold, or cannot be told (is_told false).
select
    rule.rule_id, criterion.subject_id, criterion.criterion, criterion.low, criterion.high, criterion.threshold,
    criterion.unit, criterion.parameters, criterion.outcome, criterion.is_told, criterion.evidence
from criterion
inner join rule_outcome on criterion.subject_id = rule_outcome.subject_id
cross join rule
where rule_outcome.is_open or rule_outcome.outcome in ('certain', 'possible')
order by criterion.subject_id, criterion.criterion
