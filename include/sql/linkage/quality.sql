-- How well links agree with a truth, over pairs of records and over whole persons. A lost record is a pair missed with
-- each of its person's others, and its person is not exactly right.
-- Grain: one row. exact: persons of the truth whose records all stand in one person that has no others of the truth.
-- Null in a share: there is nothing to share.
with both_sides as (
    select person_no, person_id, count(*) as n from truth_link where person_id is not null group by person_no, person_id
),
found as (
    select person_id, sum(n) as n, count(*) as persons from both_sides group by person_id
),
real as (
    select
        person_no, count(*) as n, count(distinct person_id) as parts, count(*) - count(person_id) as lost,
        min(person_id) as person_id
    from truth_link
    group by person_no
),
pairs as (
    select
        coalesce((select sum(n * (n - 1) // 2) from both_sides), 0) as right_pairs,
        coalesce((select sum(n * (n - 1) // 2) from found), 0) as found_pairs,
        coalesce((select sum(n * (n - 1) // 2) from real), 0) as real_pairs
),
clusters as (
    select
        count(*) as real_persons,
        count(*) filter (where real.parts = 1 and real.lost = 0 and found.persons = 1) as exact_persons,
        (select count(*) from found) as found_persons, cast(sum(real.n) as bigint) as records,
        cast(sum(real.lost) as bigint) as lost
    from real
    left join found on real.person_id = found.person_id
)
select
    clusters.records, clusters.lost,
    pairs.right_pairs / nullif(pairs.found_pairs, 0) as precision,
    pairs.right_pairs / nullif(pairs.real_pairs, 0) as recall,
    2 * pairs.right_pairs / nullif(pairs.found_pairs + pairs.real_pairs, 0) as f1,
    cast(pairs.found_pairs as bigint) as found_pairs, cast(pairs.real_pairs as bigint) as real_pairs,
    cast(pairs.found_pairs - pairs.right_pairs as bigint) as wrong_pairs,
    cast(pairs.real_pairs - pairs.right_pairs as bigint) as missed_pairs,
    clusters.exact_persons / nullif(clusters.found_persons, 0) as cluster_precision,
    clusters.exact_persons / clusters.real_persons as cluster_recall,
    2 * clusters.exact_persons / (clusters.found_persons + clusters.real_persons) as cluster_f1,
    clusters.found_persons, clusters.real_persons, clusters.exact_persons
from pairs
cross join clusters
