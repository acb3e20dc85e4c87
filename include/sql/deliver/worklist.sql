-- The open flags of each district with what a caseworker needs to find the family. Grain: one flag.
-- Names, IDs and phones are raw here and are masked before they are written.
with head as (
    select household.household_id, household.forming_key, record.name, record.address, record.phone
    from household
    left join current_record as record on household.head_record_key = record.record_key
),
shown as (
    select person_id, name, id_no from person
)
select
    coalesce(flag.district, '000000') as district, flag.rule_id, flag.flag_id, flag.state, flag.certainty,
    flag.first_seen, flag.observed_low, flag.observed_high, flag.threshold, flag.unit, flag.evidence,
    flag.household_id, head.forming_key, coalesce(shown.name, head.name) as name, shown.id_no, head.phone, head.address
from flag_day as flag
left join household on flag.household_id = household.household_id
left join head on flag.household_id = head.household_id
left join shown on coalesce(flag.person_id, household.head_person_id) = shown.person_id
where flag.state <> 'closed'
order by district, flag.state <> 'new', flag.direction, flag.rule_id, flag.flag_id
