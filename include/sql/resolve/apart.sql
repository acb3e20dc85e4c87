-- Pairs of nodes that must not be one person: people said so, or a record was put out of the ID that it bears.
-- Grain: two nodes.
select mine.node_key as left_node, other.node_key as right_node
from judged_pair
inner join node as mine on judged_pair.left_key = mine.record_key
inner join node as other on judged_pair.right_key = other.record_key
where judged_pair.verdict = 'DIFFERENT'
union
select node.record_key, identity.id_no
from node
inner join identity on node.record_key = identity.record_key
where node.holding = 'put_out'
order by all
