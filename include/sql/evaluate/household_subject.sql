-- What the household rules ask of each household: who covers it, whether it is monitored, which of the sources that
-- know it are stale. Grain: one household inside Jinan. Null in is_monitored: the feed does not say.
with covered as (
    select
        member.household_id,
        bool_or(roster.programme in ('DB', 'BY')) as is_covered_db_by,
        string_agg(distinct roster.record_key, '|' order by roster.record_key) as coverage_evidence
    from household_member as member
    inner join roster_member as roster on member.person_id = roster.person_id
    where roster.is_covering and member.role = 'member'
    group by member.household_id
),
monitored as (
    select
        bearer.household_id,
        case when bool_or(rural.risk_removed is false) then true
            when bool_or(rural.risk_removed is null) then null else false end as is_monitored,
        string_agg(rural.record_key, '|' order by rural.record_key) filter (where rural.risk_removed is not true)
            as monitored_evidence
    from household_key as bearer
    inner join monitored_household as rural on bearer.household_key = rural.household_key
    group by bearer.household_id
),
stale as (
    select
        bool_or(is_stale) filter (where source = 'province_check') as province,
        bool_or(is_stale) filter (where source = 'city_check') as city,
        bool_or(is_stale) filter (where source = 'assistance_roster') as roster,
        bool_or(is_stale) filter (where source = 'rural_revitalization') as rural
    from source_day
),
knower as (
    select
        household_id,
        bool_or(source = 'province_check') as knows_province,
        bool_or(source = 'city_check') as knows_city
    from household_key
    group by household_id
)
select
    household.household_id, household.district,
    case when coverage.status = 'ENDED' and coverage.ended_on > run.data_date then 'ACTIVE' else coverage.status end
        as forming_status,
    coverage.next_review_on,
    covered.household_id is not null as is_covered, coalesce(covered.is_covered_db_by, false) as is_covered_db_by,
    coalesce(covered.coverage_evidence, '') as coverage_evidence,
    case when monitored.household_id is null then false else monitored.is_monitored end as is_monitored,
    coalesce(monitored.monitored_evidence, '') as monitored_evidence,
    (knower.knows_province and coalesce(stale.province, true)) or (knower.knows_city and coalesce(stale.city, true))
        as is_check_stale,
    coalesce(stale.roster, true) as is_roster_stale, coalesce(stale.rural, true) as is_rural_stale
from household
cross join stale
cross join run
inner join knower on household.household_id = knower.household_id
left join coverage on household.forming_key = coverage.household_key
left join covered on household.household_id = covered.household_id
left join monitored on household.household_id = monitored.household_id
where household.district is not null
order by household.household_id
