-- How many flags the day's lists are about. Grain: district, rule, state and, of those that closed, why.
select district, rule_id, state, close_reason, count(*) as flag_count
from flag
group by district, rule_id, state, close_reason
order by district, rule_id, state, close_reason
