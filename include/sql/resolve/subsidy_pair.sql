-- A subsidy without a valid ID is placed only by an ID one digit or one swapped pair off, of exactly one person of the
-- same name. Grain: one subsidy so placed. Others are held for review.
with subsidy as (
    select current_record.record_key, name_standard.name_key, repaired_id.id_no
    from current_record
    inner join repaired_id on current_record.record_key = repaired_id.record_key
    inner join name_standard on current_record.name = name_standard.name
    where current_record.is_subsidy and not name_standard.is_partial
),
alike as (
    select distinct subsidy.record_key, coalesce(own.record_key, current_record.id_no) as node_key
    from subsidy
    inner join current_record on subsidy.id_no = current_record.id_no and not current_record.is_subsidy
    inner join name_standard on current_record.name = name_standard.name and subsidy.name_key = name_standard.name_key
    left join own_node as own on current_record.record_key = own.record_key
)
select record_key, min(node_key) as node_key
from alike
group by record_key
having count(*) = 1
order by record_key
