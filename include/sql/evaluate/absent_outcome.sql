-- The answers about households and persons that no source names today, where a flag is open and a source that its rule
-- reads is stale: whoever is missing may be missing for the outage alone, so the flag is held and does not end.
-- Grain: rule and subject. What is told of the flag is what the day before told; its records are not in the tables of today.
with held_rule as (
    select rule.rule_id
    from rule
    cross join stale_source as stale
    where (rule.reads_check and (stale.province or stale.city)) or (rule.reads_medical and stale.medical)
        or (rule.reads_rural and stale.rural) or (rule.reads_federation and stale.federation) or stale.roster
),
held as (
    select flag.flag_id, flag.rule_id, flag.subject_id
    from open_flag as flag
    inner join held_rule on flag.rule_id = held_rule.rule_id
),
present as (
    select household_id as subject_id from household_figure where household_id in (select subject_id from held)
    union all
    select person_id from person_figure where person_id in (select subject_id from held)
),
absent as (
    select * from held where subject_id not in (select subject_id from present)
)
select
    absent.rule_id, before.rule_version, before.direction, before.subject,
    case when before.subject = 'household' then absent.subject_id else before.household_id end as household_id,
    case when before.subject = 'person' then absent.subject_id end as person_id,
    'unknown' as outcome, true as is_held, before.observed_low, before.observed_high, before.threshold, before.unit,
    before.parameters, before.assumptions, '' as evidence, before.district, before.reason_zh, before.reason_en,
    cast(null as varchar) as false_criterion
from absent
inner join previous_flag_day as before on absent.flag_id = before.flag_id
order by absent.rule_id, absent.subject_id
