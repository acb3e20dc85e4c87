-- Payments that reached nobody entitled (rule B10): (a) a household payment for a month after a member's month of death
-- in which no other member was covered; (b) a subsidy later than the month of death; (c) a household payment for a
-- month after the household ended, laid to its head.
-- Grain: person, limb and paid record.
with household as (
    select
        household_key,
        case when status = 'ENDED' and ended_on <= run.data_date then strftime(ended_on, '%Y%m') end as ended_month
    from coverage
    cross join run
    where approved_on <= run.data_date
),
member as (
    select
        record.household_key, link.person_id, record.record_key, strftime(record.left_on, '%Y%m') as left_month,
        status.death_month
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    inner join person_status as status on link.person_id = status.person_id
    where record.source = 'assistance_roster' and not record.is_subsidy
),
paid as (
    select payment.household_key, payment.month, payment.record_key, household.ended_month
    from payment
    inner join household on payment.household_key = household.household_key
),
after_death as (
    select distinct dead.person_id, 'household_payment' as limb, paid.record_key
    from member as dead
    inner join paid on dead.household_key = paid.household_key and paid.month > dead.death_month
    where not exists (
        select 1
        from member as other
        where other.household_key = paid.household_key
            and other.person_id <> dead.person_id
            and coalesce(other.left_month > paid.month, true)
            and coalesce(other.death_month >= paid.month, true)
    )
),
subsidy_after_death as (
    select subsidy.person_id, 'subsidy' as limb, subsidy.record_key
    from subsidy_in_force as subsidy
    inner join person_status as status on subsidy.person_id = status.person_id
    cross join run
    where case
        when subsidy.end_month is not null then subsidy.end_month > status.death_month
        else subsidy.is_granted and run.month > status.death_month
    end
),
after_end as (
    select family.head_person_id as person_id, 'ended_household' as limb, paid.record_key
    from paid
    inner join family on paid.household_key = family.family_key
    where paid.month > paid.ended_month and family.head_person_id is not null
)
select person_id, limb, record_key from after_death
union all
select person_id, limb, record_key from subsidy_after_death
union all
select person_id, limb, record_key from after_end
order by all
