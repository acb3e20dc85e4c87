-- What became of a year's flags, counted. Grain: rule, district, finding, waited, is_overdue.
-- waited: working days after first_seen up to the first visit; null: nobody went. Null in finding: nobody answered.
-- is_overdue: open, without a finding, and its deadline lies before the day; never where the rule is not in force.
-- `greatest` passes over nulls, so a flag that nobody visited is asked for first.
-- `calendar` numbers the working days: a day that is none has the number of the last one before it.
select
    flag.rule_id, flag.district, flag.finding,
    visited.working_day - seen.working_day as waited,
    flag.is_open and flag.finding is null
    and coalesce(yesterday.working_day - seen.working_day >= rule.deadline_working_days, false) as is_overdue,
    count(*) as flags
from answered_flag as flag
inner join calendar as seen on flag.first_seen = seen.day
inner join run on true
inner join calendar as yesterday on run.data_date - 1 = yesterday.day
left join calendar as visited
    on case when flag.visited_on is not null then greatest(flag.visited_on, flag.first_seen) end = visited.day
left join rule on flag.rule_id = rule.id
group by all
order by all
