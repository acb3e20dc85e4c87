-- The answers of the rules for each subject: their criteria joined. Any false: false; else any that cannot be told:
-- unknown; else any that may hold: possible; else certain. False answers are kept only where an open flag waits for them.
-- Grain: rule and subject. is_held: a source that the rule reads is stale, so flags are neither raised nor cleared. Null
-- in a bound: infinity or none. Outside Jinan nothing is evaluated; a flag that is open there stays unknown.
with answer as (
    select
        subject_id, bit_or(possible) as possible, bit_or(open) as open, bit_or(untold) as untold
    from subject_answer
    group by subject_id
),
judged as (
    select
        rule.rule_id, subject.subject_id, subject.household_id, subject.person_id, subject.district,
        case
            when subject.district is null then 'unknown'
            when coalesce(answer.possible, 0) & rule.criteria <> rule.criteria then 'false'
            when answer.untold & rule.criteria <> 0 then 'unknown'
            when answer.open & rule.criteria <> 0 then 'possible'
            else 'certain'
        end as outcome,
        (rule.reads_check and subject.is_check_stale) or (rule.reads_medical and subject.is_medical_stale)
            or (rule.reads_rural and subject.is_rural_stale)
            or (rule.reads_federation and subject.is_federation_stale) or subject.is_roster_stale as is_held,
        rule.observed
    from rule
    inner join subject on rule.subject = subject.subject
    left join answer on subject.subject_id = answer.subject_id
),
kept as (
    select judged.*, open_flag.flag_id is not null as is_open
    from judged
    left join open_flag on judged.rule_id = open_flag.rule_id and judged.subject_id = open_flag.subject_id
    where open_flag.flag_id is not null or (judged.outcome <> 'false' and judged.district is not null)
)
select
    kept.rule_id, kept.subject_id, kept.household_id, kept.person_id, kept.district, kept.outcome, kept.is_held,
    kept.is_open, kept.is_open or kept.outcome in ('certain', 'possible') as is_told,
    figure.low as observed_low, figure.high as observed_high, figure.threshold, figure.unit
from kept
left join criterion as figure on kept.subject_id = figure.subject_id and kept.observed = figure.criterion
order by kept.rule_id, kept.subject_id
