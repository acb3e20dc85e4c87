-- The answers of the rules for each subject: their criteria joined. Any false: false; else any that cannot be told:
-- unknown; else any that may hold: possible; else certain. False answers are kept only where an open flag waits for them.
-- Grain: rule and subject. is_held: a source that the rule reads is stale, so flags are neither raised nor cleared. Null
-- in a bound: infinity or none. Outside Jinan nothing is evaluated; a flag that is open there stays unknown.
with asked as (
    select rule.rule_id, answer.subject_id, answer.criterion, answer.outcome, answer.is_told, answer.evidence
    from rule_criterion as rule
    inner join criterion_answer as answer on rule.criterion = answer.criterion
),
joined as (
    select
        rule_id, subject_id,
        case
            when bool_or(outcome is false) then 'false'
            when bool_or(outcome is null and is_told is not true) then 'unknown'
            when bool_or(outcome is null) then 'possible'
            else 'certain'
        end as outcome
    from asked
    group by rule_id, subject_id
),
judged as (
    select
        joined.rule_id, joined.subject_id, subject.household_id, subject.person_id, subject.district,
        case when subject.district is null then 'unknown' else joined.outcome end as outcome,
        (rule.reads_check and subject.is_check_stale) or (rule.reads_medical and subject.is_medical_stale)
            or (rule.reads_rural and subject.is_rural_stale)
            or (rule.reads_federation and subject.is_federation_stale) or subject.is_roster_stale as is_held,
        open_flag.flag_id is not null as is_open, rule.observed
    from joined
    inner join subject on joined.subject_id = subject.subject_id
    inner join rule on joined.rule_id = rule.rule_id
    left join open_flag on joined.rule_id = open_flag.rule_id and joined.subject_id = open_flag.subject_id
),
kept as (
    select * from judged where is_open or (outcome <> 'false' and district is not null)
),
proof as (
    select
        kept.rule_id, kept.subject_id,
        string_agg(nullif(asked.evidence, ''), '|' order by asked.criterion) as evidence,
        min(asked.criterion) filter (where asked.outcome is false) as false_criterion
    from kept
    inner join asked on kept.rule_id = asked.rule_id and kept.subject_id = asked.subject_id
    where kept.is_open or kept.outcome in ('certain', 'possible')
    group by kept.rule_id, kept.subject_id
)
select
    kept.rule_id, kept.subject_id, kept.household_id, kept.person_id, kept.district, kept.outcome, kept.is_held,
    kept.is_open, proof.false_criterion, answer.low as observed_low, answer.high as observed_high, answer.threshold,
    answer.unit, coalesce(proof.evidence, '') as evidence
from kept
left join proof on kept.rule_id = proof.rule_id and kept.subject_id = proof.subject_id
left join criterion_answer as answer on kept.subject_id = answer.subject_id and kept.observed = answer.criterion
order by kept.rule_id, kept.subject_id
