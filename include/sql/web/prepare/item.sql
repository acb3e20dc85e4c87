-- Items of work: one household (or person who stands in none) with its open flags gathered.
-- Grain: item and district. Names, IDs, phones and keys are raw here and are masked before they are written.
-- Null in household_key: the item is a person alone. Null in address, phone: no source gives one.
with gathered as (
    select
        item_id, district, min(township) as township, min(household_id) as household_id, min(person_id) as person_id,
        string_agg(distinct rule_id, '|' order by rule_id) as rules, count(*) as flags,
        string_agg(flag_id, '|' order by flag_id) as flag_ids,
        bool_or(state = 'new') as is_new, bool_and(state = 'held') as is_held,
        min(case certainty when 'certain' then 1 when 'possible' then 2 else 3 end) as certainty_place,
        bool_or(direction = 'A') as is_help, min(first_seen) as first_seen, min(due_date) as due_date
    from flag
    where is_asking
    group by item_id, district
)
select
    gathered.item_id, gathered.district, gathered.township, gathered.rules, gathered.flags,
    gathered.flag_ids,
    case when gathered.is_new then 'new' when gathered.is_held then 'held' else 'open' end as state,
    case gathered.certainty_place when 1 then 'certain' when 2 then 'possible' else 'unknown' end as certainty,
    gathered.is_help, gathered.first_seen, gathered.due_date, household.forming_key as household_key,
    coalesce(head.name, person.name) as name, person.id_no, head.phone, head.address
from gathered
left join household on gathered.household_id = household.household_id
left join current_record as head on household.head_record_key = head.record_key
left join person on coalesce(household.head_person_id, gathered.person_id) = person.person_id
order by gathered.district, gathered.due_date, gathered.is_help desc, gathered.item_id
