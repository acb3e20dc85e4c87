-- Roster members on the data date and whether the household covers them. Rows dated after it are not in effect:
-- a household that ends later is still active, one approved later does not exist yet.
-- Grain: one roster member row of a household approved by the data date, not left by it.
with household as (
    select
        *,
        case when status = 'ENDED' and ended_on > run.data_date then 'ACTIVE' else status end as status_on_date
    from coverage
    cross join run
    where approved_on <= run.data_date
)
select
    link.person_id, record.record_key, record.household_key, household.programme,
    household.status_on_date as status, household.approved_on, household.status_on_date = 'ACTIVE' as is_covering
from current_record as record
inner join household on record.household_key = household.household_key
inner join person_link as link on record.record_key = link.record_key
where record.source = 'assistance_roster' and not record.is_subsidy
    and (
        (household.status_on_date <> 'ENDED' and coalesce(record.left_on > household.data_date, true))
        or (household.status_on_date = 'ENDED' and coalesce(record.left_on >= household.ended_on, true))
    )
order by record.record_key
