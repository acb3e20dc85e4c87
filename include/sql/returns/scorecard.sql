-- How a source did in each of the last four weeks, counted back from the data date in steps of seven days.
-- Grain: source and week; week 0 ends on the data date. Rows are person records of the days that were published
-- (source_result). Open counts are those of the week's last day. Null in days_to_correct: nothing was corrected in
-- that week; else the median of days from first seen to corrected. Whole deliveries are told by late_days only.
with week as (
    select
        source.source, number.week, cast(run.data_date - 7 * number.week - 6 as date) as first_day,
        cast(run.data_date - 7 * number.week as date) as last_day
    from run
    cross join (values (0), (1), (2), (3)) as number (week)
    cross join (select distinct source from source_result) as source
),
delivered as (
    select
        week.source, week.week, count(result.data_date) as days,
        count(result.data_date) filter (where result.state <> 'ok') as late_days,
        coalesce(sum(result.rows_in), 0) as rows_in, coalesce(sum(result.quarantined), 0) as quarantined,
        coalesce(sum(result.refused), 0) as refused
    from week
    left join source_result as result
        on week.source = result.source and result.data_date between week.first_day and week.last_day
    group by week.source, week.week
),
faulty as (
    select
        week.source, week.week,
        count(*) filter (where fault.first_seen between week.first_day and week.last_day) as opened,
        count(*) filter (where fault.status = 'corrected'
            and fault.closed_on between week.first_day and week.last_day) as corrected,
        count(*) filter (where fault.first_seen <= week.last_day
            and coalesce(fault.closed_on > week.last_day, true)) as open_faults,
        count(*) filter (where fault.first_seen <= week.last_day and fault.fault_kind = 'rejected'
            and coalesce(fault.closed_on > week.last_day, true)) as open_rejected,
        median(fault.closed_on - fault.first_seen) filter (where fault.status = 'corrected'
            and fault.closed_on between week.first_day and week.last_day) as days_to_correct
    from week
    inner join error_return as fault on week.source = fault.source
    where fault.fault_kind <> 'delivery'
    group by week.source, week.week
)
select
    week.source, week.week, week.first_day, week.last_day, delivered.days, delivered.late_days,
    cast(delivered.rows_in as bigint) as rows_in, cast(delivered.quarantined as bigint) as quarantined,
    cast(delivered.refused as bigint) as refused, coalesce(faulty.opened, 0) as opened,
    coalesce(faulty.corrected, 0) as corrected, coalesce(faulty.open_faults, 0) as open_faults,
    coalesce(faulty.open_rejected, 0) as open_rejected, faulty.days_to_correct
from week
inner join delivered on week.source = delivered.source and week.week = delivered.week
left join faulty on week.source = faulty.source and week.week = faulty.week
order by week.source, week.week
