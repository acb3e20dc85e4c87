-- Every current record in its cluster, with the anchor by which tomorrow recognises it.
-- Grain: one record key. Null in anchor: the record's valid ID is its anchor. Rows of the same content are numbered.
-- score: the probability that the record belongs to its person; 1 where an ID or a person says so.
with member as (
    select
        identity.source, identity.record_key, node.node_key, node.is_loose, identity.is_subsidy, identity.id_kind,
        coalesce(clustered.cluster_key, node.node_key) as cluster_key,
        case when node.node_key = identity.id_no then identity.id_no end as id_no,
        case
            when clustered.method in ('judged', 'two_ids') or node.node_key = identity.record_key
                then coalesce(clustered.method, case when identity.is_subsidy then 'held_for_review' else 'alone' end)
            when identity.id_kind = 'upgraded15' then 'upgraded_id'
            else 'valid_id'
        end as method,
        case when node.node_key = identity.record_key then coalesce(clustered.score, 1.0) else 1.0 end as score,
        coalesce(identity.anchor, case when node.node_key = identity.record_key then
            concat_ws('|', identity.source, identity.household_key, identity.id_no, identity.name, identity.birth_date)
        end) as content
    from identity
    inner join node on identity.record_key = node.record_key
    left join node_cluster as clustered on node.node_key = clustered.node_key
)
select
    source, record_key, cluster_key, id_no, method, score,
    case when content is null or content = record_key then content
        else content || '#' || row_number() over (partition by content order by record_key)
    end as anchor
from member
