-- The day's flags with what a caseworker needs to find the family, yesterday's figures and the answer in force.
-- Grain: one flag, closed ones too, so that a row can say what ended. Null in township: no known street or town;
-- in before_*: not open yesterday; in finding: nobody answered; in close_reason: it did not close; in unanswered: nothing
-- is owed that the flag is open for (unanswered.sql).
-- Names, IDs and phones are raw here and are masked before they are written.
with head as (
    select household.household_id, household.forming_key, record.name, record.address, record.phone
    from household
    left join current_record as record on household.head_record_key = record.record_key
    where household.household_id in (select household_id from flag_day)
),
own as (
    select link.person_id, max(record.phone) as phone, max(record.address) as address, max(record.area_code) as area_code
    from person_link as link
    inner join current_record as record on link.record_key = record.record_key
    where link.person_id in (select person_id from flag_day)
    group by link.person_id
)
select
    coalesce(flag.district, '000000') as district, township.township,
    township.township_code, flag.rule_id, flag.flag_id, flag.state, flag.close_reason,
    flag.certainty, flag.first_seen, flag.observed_low, flag.observed_high, flag.threshold, flag.unit,
    flag.reason_zh, flag.reason_en, flag.assumptions, coalesce(flag.household_id, flag.person_id) as item_id, head.forming_key,
    flag.person_id is not null and flag.person_id is distinct from household.head_person_id as is_about_member,
    subject.name as subject_name, coalesce(head.name, leader.name) as name, leader.id_no,
    coalesce(head.phone, own.phone) as phone, coalesce(head.address, own.address) as address,
    before.certainty as before_certainty, before.observed_low as before_low, before.observed_high as before_high,
    before.state as before_state, answer.finding, answer.visited_on, unanswered.items as unanswered
from flag_day as flag
left join household on flag.household_id = household.household_id
left join head on flag.household_id = head.household_id
left join person as subject on flag.person_id = subject.person_id
left join person as leader on coalesce(household.head_person_id, flag.person_id) = leader.person_id
left join own on flag.person_id = own.person_id
left join township
    on substr(coalesce(household.area_code, own.area_code), 1, 9) = township.township_code
left join previous_flag_day as before on flag.flag_id = before.flag_id
left join flag_answer as answer on flag.flag_id = answer.flag_id
left join unanswered on flag.flag_id = unanswered.flag_id
order by district, flag.rule_id, flag.flag_id
