-- Q01: a covered or monitored household whose newest authorization ends within 30 days or has ended.
-- Grain: one such household with any authorization; without any there is no Q01. observed: days left.
select
    subject.household_id, cast(null as varchar) as person_id, subject.district,
    case
        when paper.newest_authorization > run.data_date + 30 then 'false'
        when subject.is_covered or subject.is_monitored then 'certain' else 'possible'
    end as outcome,
    subject.is_check_stale or subject.is_roster_stale as is_held,
    cast(paper.newest_authorization - run.data_date as decimal(38, 8)) as observed_low,
    cast(paper.newest_authorization - run.data_date as decimal(38, 8)) as observed_high,
    paper.evidence
from household_subject as subject
inner join "authorization" as paper on subject.household_id = paper.household_id
cross join run
where subject.is_covered or subject.is_monitored is not false
order by subject.household_id
