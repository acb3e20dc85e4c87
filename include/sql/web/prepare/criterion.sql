-- What each rule of a card judged, criterion by criterion. Grain: flag and criterion.
-- Null in outcome: it may hold, or cannot be told (is_told false); in low: unknown;
-- in high: no upper bound; in threshold: nothing is compared.
select
    flag.item_id, flag.district, flag.flag_id, flag.rule_id, judged.criterion, judged.low, judged.high, judged.threshold,
    judged.unit, judged.parameters, judged.outcome, judged.is_told, judged.evidence
from flag
inner join judged_criterion as judged
    on flag.rule_id = judged.rule_id
    and judged.subject_id = case when flag.subject = 'person' then flag.person_id else flag.household_id end
order by flag.district, flag.item_id, flag.flag_id, judged.criterion
