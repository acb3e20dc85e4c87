-- Pairs that are one person at the model's threshold, the most likely first. Grain: two records.
with scored as (
    select left_key, right_key, odds_same / (1 + odds_same) as score from compared natural join pattern
)
select scored.left_key as "left", scored.right_key as "right", 'scored' as method, scored.score, false as is_repeat
from scored
cross join threshold
where scored.score >= threshold.join_at
order by score desc, scored.left_key, scored.right_key
