-- The deadlines that the day's flags have. Grain: first day and working days.
select distinct flag.first_seen, rule.deadline_working_days
from flag_day as flag
inner join rule on flag.rule_id = rule.id
order by flag.first_seen, rule.deadline_working_days
