-- How well links agree with a truth, over pairs of records and over whole persons.
-- Grain: one row. link (record_key, person_id) and truth (record_key, person_no) are compared where both know the record.
with both_sides as (
    select truth.person_no, link.person_id, count(*) as n
    from truth
    inner join link on truth.record_key = link.record_key
    group by truth.person_no, link.person_id
),
found as (
    select person_id, sum(n) as n, count(*) as persons from both_sides group by person_id
),
real as (
    select person_no, sum(n) as n, count(*) as parts, min(person_id) as person_id from both_sides group by person_no
),
pairs as (
    select
        (select sum(n * (n - 1) / 2) from both_sides) as right_pairs,
        (select sum(n * (n - 1) / 2) from found) as found_pairs,
        (select sum(n * (n - 1) / 2) from real) as real_pairs
),
clusters as (
    select
        count(*) as real_persons,
        count(*) filter (where real.parts = 1 and found.persons = 1) as exact_persons,
        (select count(*) from found) as found_persons
    from real
    inner join found on real.person_id = found.person_id
)
select
    pairs.right_pairs / pairs.found_pairs as precision, pairs.right_pairs / pairs.real_pairs as recall,
    2 * pairs.right_pairs / (pairs.found_pairs + pairs.real_pairs) as f1,
    clusters.exact_persons / clusters.found_persons as cluster_precision,
    clusters.exact_persons / clusters.real_persons as cluster_recall,
    cast(pairs.found_pairs - pairs.right_pairs as bigint) as wrong_pairs,
    cast(pairs.real_pairs - pairs.right_pairs as bigint) as missed_pairs
from pairs
cross join clusters
