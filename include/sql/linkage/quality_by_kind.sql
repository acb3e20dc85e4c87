-- What became of the pairs of each kind of record: missed, or wrongly joined.
-- Grain: kind of corruption. A pair counts for each of its two records. Null in a share: there is nothing to share.
with counted as (
    select
        kind, person_id,
        count(*) over (partition by person_no) - 1 as real_mates,
        case when person_id is null then 0 else count(*) over (partition by person_id) - 1 end as found_mates,
        case when person_id is null then 0 else count(*) over (partition by person_no, person_id) - 1 end as right_mates
    from truth_link
)
select
    kind, count(*) as records, count(*) - count(person_id) as lost,
    sum(right_mates) / nullif(sum(found_mates), 0) as precision, sum(right_mates) / nullif(sum(real_mates), 0) as recall,
    2 * sum(right_mates) / nullif(sum(found_mates) + sum(real_mates), 0) as f1,
    cast(sum(found_mates - right_mates) as bigint) as wrong, cast(sum(real_mates - right_mates) as bigint) as missed
from counted
group by kind
order by kind
