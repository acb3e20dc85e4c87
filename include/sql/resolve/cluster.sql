-- The clusters that are not simply all records of one ID: nodes that were joined, and records by themselves. The cluster
-- of any other ID is the number of that ID, which is larger than every cluster_no here.
-- Grain: one node, a record (record_no) or an ID (id_number); the other is null. method and score: the reason that
-- brought the node there; null where it is alone.
with joined as (
    select node_key, cluster_key, method, score from node_cluster
    union all
    select record_key, record_key, null, null from own_node
    where record_key not in (select node_key from node_cluster)
),
numbered as (
    select *, dense_rank() over (order by cluster_key) as cluster_no from joined
)
select
    own_node.record_no,
    case when own_node.record_no is null then cast(substr(numbered.node_key, 1, 17) as bigint) end as id_number,
    numbered.cluster_no, numbered.method, numbered.score
from numbered
left join own_node on numbered.node_key = own_node.record_key
