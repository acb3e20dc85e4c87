-- What keeps the nodes of some edge from others: the valid ID that they bear and the family lists in which they stand.
-- Grain: node, ID and list. Null: none. A record that was put out of its ID, or may be, does not bear it.
select distinct
    node.node_key, case when node.holding is null then identity.id_no end as id_no, identity.household_key
from node
inner join identity on node.record_key = identity.record_key
where node.node_key in (select left_node from edge union select right_node from edge)
order by all
