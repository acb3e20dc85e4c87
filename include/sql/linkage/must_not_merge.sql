-- Persons of whom the truth says that they must not be taken for one (twins, namesakes, a son under his father's ID, two
-- under one mistyped ID), and how many were. Grain: why they are apart. merged: pairs of persons of whom some record
-- stands in one person; wrong_pairs: the pairs of records in which they do.
with met as (
    select apart.kind, apart.person_no, apart.other_no, count(other.record_key) as pairs
    from apart
    inner join truth_link as mine on apart.person_no = mine.person_no
    left join truth_link as other on apart.other_no = other.person_no and mine.person_id = other.person_id
    group by apart.kind, apart.person_no, apart.other_no
)
select
    kind, count(*) as planted, count(*) filter (where pairs > 0) as merged, cast(sum(pairs) as bigint) as wrong_pairs
from met
group by kind
order by kind
