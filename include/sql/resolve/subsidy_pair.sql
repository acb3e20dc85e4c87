-- Subsidies and whom they belong to, where one side's number is one digit or one swapped pair off the other's and the names
-- are the same: a subsidy without a valid ID beside exactly one person, and a record without one beside a valid ID that
-- only subsidies bear. Grain: one record so placed. Other subsidies are held for review.
with slip as (
    select current_record.record_key, current_record.is_subsidy, name_standard.name_key, repaired_id.id_no
    from current_record
    inner join repaired_id on current_record.record_key = repaired_id.record_key
    inner join name_standard on current_record.name = name_standard.name
    where not name_standard.is_partial
),
bearer as (
    select
        current_record.record_key, current_record.id_no, name_standard.name_key,
        bool_and(current_record.is_subsidy) over (partition by current_record.id_no) as is_subsidies_alone,
        current_record.is_subsidy
    from current_record
    inner join name_standard on current_record.name = name_standard.name
    where current_record.id_no in (select id_no from slip)
),
alike as (
    select distinct slip.record_key, coalesce(own.record_key, bearer.id_no) as node_key
    from slip
    inner join bearer on slip.id_no = bearer.id_no and slip.name_key = bearer.name_key
        and (slip.is_subsidy and not bearer.is_subsidy or not slip.is_subsidy and bearer.is_subsidies_alone)
    left join own_node as own on bearer.record_key = own.record_key
)
select record_key, min(node_key) as node_key
from alike
group by record_key
having count(*) = 1
order by record_key
