-- Which criteria may hold for a subject. A set of criteria is a number: each criterion of criterion_bit is one bit of it.
-- Grain: one subject for whom some of the asked criteria is not false (once a file). possible: those that are not false; open: of them those that
-- may hold or cannot be told; untold: of them those that cannot be told.
select
    answer.subject_id,
    bit_or(member.bit) as possible,
    bit_or(case when answer.outcome is null then member.bit else 0 end) as open,
    bit_or(case when answer.outcome is null and answer.is_told is not true then member.bit else 0 end) as untold
from criterion as answer
inner join criterion_bit as member on answer.criterion = member.criterion
where answer.outcome is not false
group by answer.subject_id
