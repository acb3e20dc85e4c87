-- What became of the pairs of each kind of record: missed, or wrongly joined.
-- Grain: kind of corruption. A pair counts for each of its two records.
with known as (
    select truth.record_key, truth.person_no, truth.kind, link.person_id
    from truth
    inner join link on truth.record_key = link.record_key
),
counted as (
    select
        kind,
        count(*) over (partition by person_no) - 1 as real_mates,
        count(*) over (partition by person_id) - 1 as found_mates,
        count(*) over (partition by person_no, person_id) - 1 as right_mates
    from known
)
select
    kind, count(*) as records,
    sum(right_mates) / nullif(sum(found_mates), 0) as precision, sum(right_mates) / nullif(sum(real_mates), 0) as recall,
    cast(sum(found_mates - right_mates) as bigint) as wrong, cast(sum(real_mates - right_mates) as bigint) as missed
from counted
group by kind
order by kind
