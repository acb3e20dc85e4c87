-- What people have decided of two records that both stand today. Grain: two records. verdict: SAME, DIFFERENT, UNSURE.
select mine.record_key as left_key, other.record_key as right_key, judgement.verdict
from judgement
inner join judged_record as mine on judgement.left_anchor = mine.anchor
inner join judged_record as other on judgement.right_anchor = other.anchor
order by left_key, right_key
