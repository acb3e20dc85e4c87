-- Pairs of nodes that must not be one person: people said so, or a record was put out of the ID that it bears and nobody
-- said whose it is. A record that somebody judged is a node of its own. Grain: two nodes.
select left_key as left_node, right_key as right_node from judged_pair where verdict = 'DIFFERENT'
union
select record_key, id_no
from own_node
where holding = 'put_out'
    and record_key not in (
        select left_key from judged_pair where verdict = 'SAME'
        union
        select right_key from judged_pair where verdict = 'SAME'
    )
order by all
