-- How each criterion of the rules was answered for the subjects that a flag stands or may stand on.
-- Grain: rule, subject and criterion. Null in outcome: it may hold, or cannot be told (is_told false); in limbs: it is of
-- one limb.
select
    rule.rule_id, answer.subject_id, answer.criterion, answer.low, answer.high, answer.threshold, answer.unit,
    answer.parameters, answer.outcome, answer.is_told, answer.evidence, answer.limbs
from rule_outcome
inner join rule_criterion as rule on rule_outcome.rule_id = rule.rule_id
inner join criterion as answer
    on rule_outcome.subject_id = answer.subject_id and rule.criterion = answer.criterion
where rule_outcome.is_told
order by rule.rule_id, answer.subject_id, answer.criterion
