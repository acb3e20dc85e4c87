-- The faults as their owners are shown them: what is open, and what was closed in the last four weeks.
-- Grain: one fault; at most 20,000 of a source and status, whole deliveries first, then the oldest. Null as in
-- error_return.
with ranked as (
    select
        source, table_name, record_key, fault, fault_kind, line, first_seen, last_seen, status, closed_on, occurrences,
        openings,
        row_number() over (
            partition by source, status
            order by fault_kind <> 'delivery', closed_on desc, first_seen, table_name, record_key, fault
        ) as place
    from error_return
)
select
    source, table_name, record_key, fault, fault_kind, line, first_seen, last_seen, status, closed_on, occurrences,
    openings
from ranked
where place <= 20000
order by source, status, place
