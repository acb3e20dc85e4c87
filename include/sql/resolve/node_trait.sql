-- What keeps the nodes of some edge from others: the valid ID that they bear and the family lists in which they stand.
-- Grain: node, ID and list. Null: none. A record that was put out of its ID, or may be, does not bear it.
with touched as (
    select left_node as node_key from edge union select right_node from edge
)
select record_key as node_key, case when holding is null then id_no end as id_no, household_key
from own_node
where record_key in (select node_key from touched)
union
select id_no, id_no, household_key
from current_record
where id_no in (select node_key from touched) and record_no not in (select record_no from own_node)
order by all
