-- The day's flags as machines read them. Grain: one flag. Empty: infinity or not applicable.
-- The keys of a flag that closed because its subject is one with another are those of whom it is one with.
with standing as (
    select
        flag.flag_id, coalesce(household.leads_to, flag.household_id) as household_id,
        coalesce(person.leads_to, flag.person_id) as person_id
    from flag_day as flag
    left join household_redirect as household on flag.household_id = household.household_id
    left join person_redirect as person on flag.person_id = person.person_id
),
household_keys as (
    select household_id, string_agg(household_key, '|' order by household_key) as keys
    from household_key
    where household_id in (select household_id from standing)
    group by household_id
),
person_keys as (
    select person_id, string_agg(record_key, '|' order by record_key) as keys
    from person_link
    where person_id in (select person_id from standing)
    group by person_id
)
select
    run.data_date, flag.flag_id, flag.rule_id, flag.rule_version, flag.direction, flag.certainty, flag.state,
    flag.first_seen, flag.household_id, household_keys.keys as household_keys, flag.person_id,
    person_keys.keys as person_keys, flag.district,
    flag.observed_low as observed_low, flag.observed_high as observed_high,
    flag.threshold as threshold, flag.unit, flag.parameters, flag.evidence
from flag_day as flag
cross join run
inner join standing on flag.flag_id = standing.flag_id
left join household_keys on standing.household_id = household_keys.household_id
left join person_keys on standing.person_id = person_keys.person_id
order by flag.flag_id
