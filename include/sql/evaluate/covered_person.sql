-- Every covered person with their household and whether a source that knows them is stale.
-- Grain: one person. status columns are null when no row in force answers.
with covered as (
    select person_id, string_agg(record_key, '|' order by record_key) as coverage_evidence
    from roster_member
    where is_covering
    group by person_id
),
stale as (
    select source, is_stale from source_day
),
knower as (
    select link.person_id, bool_or(stale.is_stale) as is_check_stale
    from person_link as link
    inner join stale on link.source = stale.source
    where link.source in ('province_check', 'city_check')
    group by link.person_id
)
select
    covered.person_id, member.household_id, household.district, covered.coverage_evidence,
    status.is_dead, status.is_in_custody,
    coalesce(knower.is_check_stale, false)
        or coalesce((select bool_or(is_stale) from stale where source = 'assistance_roster'), true) as is_held
from covered
inner join household_member as member on covered.person_id = member.person_id
inner join household on member.household_id = household.household_id
inner join person_status as status on covered.person_id = status.person_id
left join knower on covered.person_id = knower.person_id
where household.district is not null
order by covered.person_id
