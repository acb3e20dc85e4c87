-- Households for which A01 or A02 is raised today. Grain: one such household.
select household_id as subject_id, true as is_raised
from earlier_outcome
where rule_id in ('A01', 'A02') and outcome in ('certain', 'possible')
group by household_id
