-- A subsidy without a valid ID is placed only by an ID one digit or one swapped pair off, of exactly one person of the
-- same name. Grain: one subsidy so placed. Others are held for review.
with alike as (
    select subsidy.record_key, node.node_key, min(other.record_key) as right_key
    from identity as subsidy
    inner join repaired_id on subsidy.record_key = repaired_id.record_key
    inner join identity as other on repaired_id.id_no = other.id_no and not other.is_subsidy
        and subsidy.name_key = other.name_key and not subsidy.is_partial
    inner join node on other.record_key = node.record_key
    where subsidy.is_subsidy
    group by subsidy.record_key, node.node_key
)
select record_key, min(node_key) as node_key
from alike
group by record_key
having count(*) = 1
order by record_key
