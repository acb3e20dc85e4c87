-- The flags of a day about one person or the household that the person stands in. Grain: flag.
-- Null in a bound: infinity or not applicable.
select
    flag.flag_id, flag.rule_id, flag.rule_version, flag.direction, flag.certainty, flag.state, flag.first_seen,
    flag.subject, flag.household_id, flag.person_id, flag.district, flag.observed_low, flag.observed_high,
    flag.threshold, flag.unit, flag.parameters, flag.assumptions, flag.evidence, flag.close_reason, flag.reason_zh,
    flag.reason_en
from flag_day as flag
where flag.person_id in (select key from asked)
    or (flag.subject = 'household' and flag.household_id in (
        select household_id from household_member where person_id in (select key from asked)))
order by flag.flag_id
