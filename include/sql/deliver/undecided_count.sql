-- How much was not decided. Grain: reason and rule.
select why, rule_id, count(*) as subject_count
from undecided
group by why, rule_id
order by why, rule_id
