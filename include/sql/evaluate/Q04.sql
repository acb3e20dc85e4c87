-- Q04: a household that the roster carries as ACTIVE whose next review is overdue.
-- Grain: one roster household. unknown: the roster gives no review date. observed: days overdue.
select
    subject.household_id, cast(null as varchar) as person_id, subject.district,
    case
        when subject.forming_status <> 'ACTIVE' then 'false'
        when subject.next_review_on is null then 'unknown'
        when subject.next_review_on < run.data_date then 'certain' else 'false'
    end as outcome,
    subject.is_roster_stale as is_held,
    cast(run.data_date - subject.next_review_on as decimal(38, 8)) as observed_low,
    cast(run.data_date - subject.next_review_on as decimal(38, 8)) as observed_high,
    household.forming_key as evidence
from household_subject as subject
inner join household on subject.household_id = household.household_id
cross join run
where subject.forming_status is not null
order by subject.household_id
