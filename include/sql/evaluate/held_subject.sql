-- The subjects whose answers of the day before still hold: the rules read of their unit what they read then.
-- Grain: one household or person. One unit in thirty is asked all the same each day, so that within a month everybody's
-- answers have been found anew (asked_again.sql compares them).
select unchanged.subject_id
from unchanged_subject as unchanged
cross join run
where hash(unchanged.unit_id) % 30 <> (run.data_date - date '2000-01-01') % 30
order by unchanged.subject_id
