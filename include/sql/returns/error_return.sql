-- What each source's owner is asked to correct: the day's faults, those of earlier days that no delivery has
-- corrected, and what was closed in the last four weeks.
-- Grain: one fault of one record, from the day it was opened to the day it was closed. fault_kind: rejected (the row
-- is in quarantine), doubtful (kept, with an oddity), delivery (nothing usable came), disputed (a visit found otherwise).
-- Absence closes nothing: a source that did not come, or was refused, keeps its faults. A fault of a record with a
-- lasting key closes when the record was delivered again without it: it stands in the state of a full delivery, or
-- in a newer version (state_version) than when the fault was last seen. A fault that is known by its place in a file
-- only is the fault of the same place in the next file, else any of the same kind: as many are left as there are then.
-- Null in line: the format has none; in closed_on: open; in state_version: no accepted row of the record was known.
with noted as (
    select
        source, table_name, coalesce(record_key, source || ':row/unknown') as record_key, reason as fault,
        'rejected' as fault_kind, line, true as is_today
    from rejected_record
    union all by name
    select
        source, table_name, coalesce(record_key, source || ':row/unknown') as record_key, oddity as fault,
        'doubtful' as fault_kind, line, true as is_today
    from odd_record
    union all by name
    select
        source, 'delivery' as table_name, source || ':delivery' as record_key, 'delivery_' || state as fault,
        'delivery' as fault_kind, true as is_today
    from source_day where state <> 'ok'
    union all by name
    select
        source, 'economic_fact' as table_name, record_key, 'disputed_by_visit:' || item_code as fault,
        'disputed' as fault_kind, true as is_today
    from correction where ended_on is null
    union all by name
    select *, false as is_today from previous_error_return where status = 'open'
),
placed as (
    select
        noted.*, day.state, day.is_full,
        noted.fault_kind in ('delivery', 'disputed')
        or (day.is_keyed and not regexp_matches(noted.record_key, ':(line|row)/[0-9a-z]+$')) as is_lasting,
        case
            when day.is_keyed or noted.fault_kind = 'delivery' then noted.table_name || ' ' || noted.record_key
            else regexp_extract(noted.record_key, '[^:]*$')
        end as spot
    from noted
    inner join source_day as day on noted.source = day.source
),
today as (
    select
        source, fault, fault_kind, spot, is_lasting, is_full, min(table_name) as table_name,
        min(record_key) as record_key, min(line) as line
    from placed where is_today
    group by source, fault, fault_kind, spot, is_lasting, is_full
),
before as (
    select * from placed where not is_today
),
at_place as (
    select source, fault, spot, spot as spot_before from today
    inner join before using (source, fault, spot)
),
moved_today as (
    select *, row_number() over (partition by source, fault order by line, spot) as place
    from today anti join at_place using (source, fault, spot)
    where not is_lasting and is_full
),
moved_before as (
    select *, row_number() over (partition by source, fault order by first_seen, spot) as place
    from before anti join at_place using (source, fault, spot)
    where not is_lasting and is_full
),
matched as (
    select * from at_place
    union all by name
    select source, fault, moved_today.spot, moved_before.spot as spot_before
    from moved_today inner join moved_before using (source, fault, place)
),
stated as (
    select 'person_record' as table_name, source, record_key, report_version, updated_at from person_record
    union all by name
    select 'check_report' as table_name, source, record_key, report_version from check_report
    union all by name
    select 'economic_fact' as table_name, source, record_key, report_version, updated_at from economic_fact
    union all by name
    select 'settlement' as table_name, source, record_key, updated_at from settlement
    union all by name
    select 'coverage' as table_name, source, record_key, updated_at from coverage
    union all by name
    select 'payment' as table_name, source, record_key from payment
    union all by name
    select 'subsidy' as table_name, source, record_key, updated_at from subsidy
),
state_now as (
    select
        source, table_name, record_key,
        concat(count(*), ' ', coalesce(cast(max(report_version) as varchar), '-'), ' ',
            coalesce(cast(max(updated_at) as varchar), '-')) as state_version
    from stated semi join placed using (source, table_name, record_key)
    group by source, table_name, record_key
),
said_otherwise as (
    select distinct correction.source, correction.record_key, 'disputed_by_visit:' || correction.item_code as fault
    from correction
    cross join run
    left join person_redirect as redirect on correction.person_id = redirect.person_id
    inner join winning_fact as fact
        on coalesce(redirect.leads_to, correction.person_id) = fact.person_id
        and correction.source = fact.source and correction.item_code = fact.item_code
    where correction.ended_on = run.data_date and correction.expires_on >= run.data_date
        and fact.status in ('HIT', 'NONE')
        and (fact.status = 'NONE' or fact.amount_fen is distinct from correction.amount_fen
            or fact.quantity is distinct from correction.quantity)
),
reopened as (
    select source, fault, table_name, record_key, max(openings) as openings
    from previous_error_return where status <> 'open'
    group by source, fault, table_name, record_key
),
unseen as (
    select
        before.*,
        case
            when before.fault_kind = 'delivery' then case when before.state = 'ok' then 'corrected' end
            when before.fault_kind = 'disputed'
                then case when said.source is null then 'withdrawn' else 'corrected' end
            when before.state <> 'ok' then null
            when not before.is_lasting then case when before.is_full then 'corrected' end
            when state_now.record_key is not null
                and (before.is_full or state_now.state_version is distinct from before.state_version)
                then 'corrected'
        end as closed_as
    from before
    anti join (select source, fault, spot_before as spot from matched) as still using (source, fault, spot)
    left join state_now
        on before.source = state_now.source and before.table_name = state_now.table_name
        and before.record_key = state_now.record_key
    left join said_otherwise as said
        on before.source = said.source and before.record_key = said.record_key and before.fault = said.fault
)
select
    today.source, today.table_name, today.record_key, today.fault, today.fault_kind, today.line,
    coalesce(before.first_seen, run.data_date) as first_seen, run.data_date as last_seen, 'open' as status,
    cast(null as date) as closed_on, coalesce(before.occurrences, 0) + 1 as occurrences,
    coalesce(before.openings, 1 + case when today.is_lasting then reopened.openings end, 1) as openings,
    state_now.state_version
from today
cross join run
left join matched using (source, fault, spot)
left join before on matched.source = before.source and matched.fault = before.fault and matched.spot_before = before.spot
left join reopened
    on today.source = reopened.source and today.fault = reopened.fault and today.table_name = reopened.table_name
    and today.record_key = reopened.record_key
left join state_now
    on today.source = state_now.source and today.table_name = state_now.table_name
    and today.record_key = state_now.record_key
union all
select
    unseen.source, unseen.table_name, unseen.record_key, unseen.fault, unseen.fault_kind, unseen.line,
    unseen.first_seen, unseen.last_seen, coalesce(unseen.closed_as, 'open') as status,
    case when unseen.closed_as is not null then run.data_date end as closed_on, unseen.occurrences, unseen.openings,
    unseen.state_version
from unseen
cross join run
union all
select
    closed.source, closed.table_name, closed.record_key, closed.fault, closed.fault_kind, closed.line,
    closed.first_seen, closed.last_seen, closed.status, closed.closed_on, closed.occurrences, closed.openings,
    closed.state_version
from previous_error_return as closed
cross join run
where closed.status <> 'open' and closed.closed_on > run.data_date - 28
order by source, table_name, record_key, fault, first_seen, status, closed_on
