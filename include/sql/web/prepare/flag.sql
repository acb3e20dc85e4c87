-- The day's flags as the pages show them, with the words of their rule. Grain: one flag, closed ones of the day too.
-- district 000000: the area is unknown or outside Jinan. Null in township: the area code stops at the district.
-- Null in observed_high: no upper bound; in finding: nobody answered by the day;
-- in reason_*: nothing is judged of the subject any more. item_id is the household, or the person who stands in none.
-- in unanswered: nothing is owed that it is open for (include/sql/deliver/unanswered.sql).
-- is_asking: it still asks for work on the day. `deadline` and `set_aside` say what the calendar and the findings decide.
with person_area as (
    select link.person_id, min(record.area_code) as area_code
    from person_link as link
    inner join current_record as record on link.record_key = record.record_key
    where record.source = 'medical_insurance' and link.person_id in (select person_id from flag_day)
    group by link.person_id
)
select
    coalesce(flag.household_id, flag.person_id) as item_id,
    coalesce(flag.district, '000000') as district,
    substr(coalesce(household.area_code, person_area.area_code), 1, 9) as township,
    flag.flag_id, flag.rule_id, flag.rule_version, flag.subject, flag.direction, flag.state, flag.certainty, flag.first_seen,
    flag.close_reason, flag.household_id, flag.person_id, flag.observed_low, flag.observed_high, flag.threshold,
    flag.unit, flag.parameters, flag.evidence,
    rule.title_zh, rule.title_en, rule.advice_zh, rule.advice_en, rule.legal_basis, rule.deadline_working_days,
    flag.reason_zh, flag.reason_en, flag.assumptions, answer.finding, answer.visited_on, unanswered.items as unanswered,
    deadline.due_date, flag.state <> 'closed' and set_aside.finding is null as is_asking
from flag_day as flag
inner join rule on flag.rule_id = rule.id
left join household on flag.household_id = household.household_id
left join person_area on flag.person_id = person_area.person_id
left join flag_answer as answer on flag.flag_id = answer.flag_id
left join unanswered on flag.flag_id = unanswered.flag_id
left join set_aside on answer.finding = set_aside.finding and answer.visited_on = set_aside.visited_on
left join deadline
    on flag.first_seen = deadline.first_seen and rule.deadline_working_days = deadline.deadline_working_days
order by district, item_id, flag.rule_id, flag.flag_id
