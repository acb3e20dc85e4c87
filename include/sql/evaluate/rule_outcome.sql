-- The answer of one rule for each subject: its criteria joined. Any false: false; else any that cannot be told: unknown;
-- else any that may hold: possible; else certain. False answers are kept only where an open flag waits for them.
-- Grain: one subject. is_held: a source that the rule reads is stale, so flags are neither raised nor cleared. Null in a
-- bound: infinity or none. Outside Jinan nothing is evaluated; a flag that is open there stays unknown.
with joined as (
    select
        subject_id,
        case
            when bool_or(outcome is false) then 'false'
            when bool_or(outcome is null and is_told is not true) then 'unknown'
            when bool_or(outcome is null) then 'possible'
            else 'certain'
        end as outcome,
        min(criterion) filter (where outcome is false) as false_criterion,
        string_agg(nullif(evidence, ''), '|') as evidence
    from criterion
    group by subject_id
),
judged as (
    select
        subject.subject_id, subject.household_id, subject.person_id, subject.district,
        case when subject.district is null then 'unknown' else joined.outcome end as outcome,
        (rule.reads_check and subject.is_check_stale) or (rule.reads_medical and subject.is_medical_stale)
            or (rule.reads_rural and subject.is_rural_stale)
            or (rule.reads_federation and subject.is_federation_stale) or subject.is_roster_stale as is_held,
        open_flag.flag_id is not null as is_open, joined.false_criterion, joined.evidence
    from joined
    inner join subject on joined.subject_id = subject.subject_id
    cross join rule
    left join open_flag on rule.rule_id = open_flag.rule_id and joined.subject_id = open_flag.subject_id
)
select
    judged.subject_id, judged.household_id, judged.person_id, judged.district, judged.outcome, judged.is_held,
    judged.is_open, judged.false_criterion, observed.low as observed_low, observed.high as observed_high, observed.threshold, observed.unit,
    case when judged.is_open or judged.outcome in ('certain', 'possible') then judged.evidence else '' end as evidence
from judged
cross join rule
left join criterion as observed
    on judged.subject_id = observed.subject_id and rule.observed = observed.criterion
where judged.is_open or (judged.outcome <> 'false' and judged.district is not null)
order by judged.subject_id
