-- The disability subsidies of a person. A subsidy whose ID places it with nobody is held for review: it clears
-- nobody and accuses nobody.
-- Grain: one placed subsidy. is_granted: ACTIVE, whenever. is_active on the data date: granted, begun, not ended.
with placed as (
    select link.person_id, current_record.record_key
    from current_record
    inner join person_link as link on current_record.record_key = link.record_key
    where current_record.is_subsidy
        and (
            current_record.id_no is not null
            or exists (
                select 1
                from person_link as other
                inner join current_record as record on other.record_key = record.record_key
                where other.person_id = link.person_id and not record.is_subsidy
            )
        )
)
select
    placed.person_id, subsidy.record_key, subsidy.kind, subsidy.start_month, subsidy.end_month,
    subsidy.status = 'ACTIVE' as is_granted,
    subsidy.status = 'ACTIVE'
        and subsidy.start_month <= run.month
        and coalesce(subsidy.end_month >= run.month, true) as is_active
from placed
inner join subsidy on placed.record_key = subsidy.record_key
cross join run
order by subsidy.record_key
