-- What may join two nodes, the strongest first. Judgements of people come before everything; then IDs; then scores.
-- By score only the same name (or one that is compatible, or none) joins: another name on one's birth date is a twin's, on
-- another's a parent's or child's. Across families that share no one more must be in common (is_bound). A suspect that
-- fits nobody else (other suspects of its ID are nobody else) stays with its ID, but where the holder stands in the same
-- family list: twins, or a son, under one number.
-- Grain: two nodes and the reason to join them. place: the order in which they are tried.
with fit as (
    select
        *, case when was_linked then threshold.stay else threshold.join_at end as needed
    from placed_pair
    cross join threshold
),
scored as (
    select * from fit where score >= needed and is_bound and name in ('exact', 'compatible', 'unknown')
),
fitting as (
    select left_key as record_key, node_key, is_person from scored
    union all
    select node_key, left_key, false from scored where not is_person
),
fitted as (
    select fitting.record_key
    from fitting
    inner join own_node as mine on fitting.record_key = mine.record_key
    left join own_node as other on fitting.node_key = other.record_key and not fitting.is_person
    where fitting.is_person or other.id_no is distinct from mine.id_no
),
reason as (
    select 0 as rank, left_key as left_node, right_key as right_node, 'judged' as method, 1.0 as score,
        true as is_repeat
    from judged_pair
    where verdict = 'SAME'
    union all
    select 1, left_id, right_id, 'two_ids', 1.0, false from two_id_pair
    union all
    select 2, record_key, node_key, 'near_id', 1.0, true from subsidy_pair
    union all
    select
        3, left_key, node_key, case when id = 'near' then 'near_id' else 'scored' end, score,
        name = 'exact' and birth = 'exact'
    from scored
    union all
    select 4, record_key, id_no, 'valid_id', case when holding is null then 1.0 else 0.9 end, holding is null
    from own_node
    where id_no is not null and coalesce(holding, '') <> 'put_out' and record_key not in (select record_key from fitted)
)
select
    row_number() over (order by rank, score desc, left_node, right_node) as place,
    left_node, right_node, method, cast(score as double) as score, is_repeat
from reason
where left_node <> right_node
order by place
