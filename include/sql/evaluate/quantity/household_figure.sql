-- The figures that the household rules ask of each household: its counted members' income and property as bounds, who covers it,
-- which sources that know it are stale.
-- Grain: one household. Null in district: outside Jinan or unknown, so nothing is evaluated. Null in a high bound:
-- infinity. has_…_member: somebody who stands here is covered anywhere; is_covered, is_db, is_by: the household's own
-- roster entry is ACTIVE. income_… and known_… are yuan a person and month; …_parts are parts of a fen over the window,
-- of all counted members together; parts_per_monthly_fen is what one fen a month for each of them makes.
with member as (
    select
        seated.household_id, seated.person_id, status.has_facts, seated.is_counted,
        coverage.by_db, coverage.by_tk, coverage.person_id is not null as is_covered
    from household_member as seated
    inner join person_status as status on seated.person_id = status.person_id
    left join person_coverage as coverage on seated.person_id = coverage.person_id
    where seated.role = 'member'
),
covered as (
    select
        household_id, count(*) as members,
        bool_or(is_covered) as is_covered, coalesce(bool_or(by_db), false) as by_db,
        coalesce(bool_or(by_tk), false) as by_tk
    from member
    group by household_id
),
priced as (
    select
        member.*, policy.standard_fen * 12 * cast(run.parts_per_fen as hugeint) as standard_parts,
        policy.employment_cost_share,
        case when certificate.is_valid then certificate.level in ('1', '2') or certificate.category in ('5', '6')
            else false end as has_full_disregard
    from member
    inner join household on member.household_id = household.household_id
    inner join policy on household.district = policy.district and household.residence = policy.residence
    cross join run
    left join certificate_in_force as certificate on member.person_id = certificate.person_id
    where member.is_counted
),
capped as (
    select
        *,
        case when coalesce(has_full_disregard, true) then standard_parts
            else standard_parts // 10000 * cast(employment_cost_share * 10000 as bigint) end as highest_disregard,
        case when coalesce(has_full_disregard, false) then standard_parts
            else standard_parts // 10000 * cast(employment_cost_share * 10000 as bigint) end as lowest_disregard
    from priced
),
earning as (
    select
        capped.household_id, capped.person_id, capped.has_facts,
        coalesce(income.is_open, true) as is_open, coalesce(income.has_carried_month, false) as has_carried_month,
        cast(coalesce(income.known_parts, 0) as hugeint) as known,
        cast(coalesce(income.known_parts + income.carried_parts, 0) as hugeint) as expected,
        cast(coalesce(income.known_wage_parts, 0) as hugeint) as known_wages,
        cast(coalesce(income.known_wage_parts + income.carried_wage_parts, 0) as hugeint) as expected_wages,
        capped.highest_disregard, capped.lowest_disregard,
        coalesce(property.vehicles, 0) as vehicles, coalesce(property.is_vehicles_open, true) as is_vehicles_open,
        coalesce(property.dwellings, 0) as dwellings, coalesce(property.is_dwellings_open, true) as is_dwellings_open,
        coalesce(property.assets_fen, 0) as assets_fen, coalesce(property.is_assets_open, true) as is_assets_open,
        coalesce(property.has_business, false) as has_business,
        coalesce(property.is_business_open, true) as is_business_open, coalesce(burden.burden_fen, 0) as burden_fen
    from capped
    left join person_income as income on capped.person_id = income.person_id
    left join person_property as property on capped.person_id = property.person_id
    left join medical_burden as burden on capped.person_id = burden.person_id
),
summed as (
    select
        household_id, count(*) as counted, bool_and(has_facts) as has_all_facts,
        bool_or(has_carried_month) as has_carried_month, bool_or(is_open) as is_income_open,
        sum(known - least(known_wages, highest_disregard)) as known_low,
        sum(known - least(known_wages, lowest_disregard)) as known_high,
        sum(expected - least(expected_wages, highest_disregard)) as expected_low,
        sum(expected - least(expected_wages, lowest_disregard)) as expected_high,
        sum(expected) as total, sum(vehicles) as vehicles, bool_or(is_vehicles_open) as is_vehicles_open,
        sum(dwellings) as dwellings, bool_or(is_dwellings_open) as is_dwellings_open,
        sum(assets_fen) as assets_fen, bool_or(is_assets_open) as is_assets_open,
        bool_or(has_business) as has_business, bool_or(is_business_open) as is_business_open,
        sum(burden_fen) as rigid_fen
    from earning
    group by household_id
),
-- parts_per_share: the ten-thousandth of parts_per_monthly_fen. What the parts are multiplied by for six decimals of a
-- fen is so much the less, and many large amounts in one household still fit into the engine's whole numbers.
figure as (
    select
        household_id,
        cast((cast(expected_low as hugeint) * 100 + parts_per_share // 2) // parts_per_share as decimal(38, 0))
            * cast(0.00000001 as decimal(9, 8)) as income_low,
        cast((cast(case when not is_income_open then expected_high end as hugeint) * 100 + parts_per_share // 2) // parts_per_share as decimal(38, 0))
            * cast(0.00000001 as decimal(9, 8)) as income_high,
        cast((cast(known_low as hugeint) * 100 + parts_per_share // 2) // parts_per_share as decimal(38, 0))
            * cast(0.00000001 as decimal(9, 8)) as known_low,
        cast((cast(case when not is_income_open then known_high end as hugeint) * 100 + parts_per_share // 2) // parts_per_share as decimal(38, 0))
            * cast(0.00000001 as decimal(9, 8)) as known_high
    from (
        select summed.*, summed.counted * 12 * (cast(run.parts_per_fen as hugeint) // 10000) as parts_per_share
        from summed
        cross join run
    )
),
monitored as (
    select
        bearer.household_id,
        case
            when bool_or(rural.risk_removed is false) then true
            when bool_or(rural.risk_removed is null) then null
            else false
        end as is_monitored,
        string_agg(rural.record_key, '|' order by rural.record_key) as evidence
    from household_key as bearer
    inner join monitored_household as rural on bearer.household_key = rural.household_key
    group by bearer.household_id
),
ended as (
    select bearer.household_id, string_agg(bearer.household_key, '|' order by bearer.household_key) as evidence
    from household_key as bearer
    inner join coverage on bearer.household_key = coverage.household_key
    cross join run
    where coverage.status = 'ENDED'
        and coverage.programme in ('DB', 'TK')
        and coverage.ended_on <= run.data_date
        and cast(coverage.ended_on + interval 2 year as date) > run.data_date
    group by bearer.household_id
),
own as (
    select household_key, programme
    from coverage
    cross join run
    where approved_on <= run.data_date
        and (status = 'ACTIVE' or (status = 'ENDED' and ended_on > run.data_date))
),
known_record as (
    select household_id, source from household_key
    union all
    select member.household_id, link.source
    from household_member as member
    inner join person_link as link on member.person_id = link.person_id
),
known_to_stale_check as (
    select distinct known_record.household_id
    from known_record
    cross join stale_source as stale
    where (known_record.source = 'province_check' and stale.province)
        or (known_record.source = 'city_check' and stale.city)
)
select
    household.household_id, household.district, household.residence, household.forming_key,
    case when own.programme is not null then 'ACTIVE' else roster.status end as forming_status,
    roster.next_review_on, roster.gradual_exit_until,
    coalesce(covered.members, 0) as members, coalesce(summed.counted, 0) as counted,
    coalesce(covered.is_covered, false) as has_covered_member,
    coalesce(covered.by_db or covered.by_tk, false) as has_member_in_db_or_tk,
    coalesce(own.programme = 'DB', false) as is_db, coalesce(own.programme = 'BY', false) as is_by,
    own.programme is not null as is_covered,
    coalesce(summed.has_all_facts, false) as has_all_facts,
    coalesce(summed.has_carried_month, false) as has_carried_month,
    cast(summed.expected_low as decimal(38, 0)) as income_low_parts,
    cast(case when not summed.is_income_open then summed.expected_high end as decimal(38, 0)) as income_high_parts,
    cast(summed.known_low as decimal(38, 0)) as known_low_parts,
    cast(case when not summed.is_income_open then summed.known_high end as decimal(38, 0)) as known_high_parts,
    figure.income_low, figure.income_high, figure.known_low, figure.known_high,
    cast(summed.total as decimal(38, 0)) as total_low_parts,
    cast(case when not summed.is_income_open then summed.total end as decimal(38, 0)) as total_high_parts,
    cast(coalesce(summed.counted, 0) * 12 * cast(run.parts_per_fen as hugeint) as decimal(38, 0))
        as parts_per_monthly_fen,
    summed.vehicles as vehicles_low, case when not summed.is_vehicles_open then summed.vehicles end as vehicles_high,
    summed.dwellings as dwellings_low,
    case when not summed.is_dwellings_open then summed.dwellings end as dwellings_high,
    cast(summed.assets_fen as bigint) as assets_low_fen,
    cast(case when not summed.is_assets_open then summed.assets_fen end as bigint) as assets_high_fen,
    case
        when summed.has_business then true when coalesce(summed.is_business_open, true) then null else false
    end as has_business,
    cast(summed.rigid_fen as bigint) as rigid_fen,
    case when monitored.household_id is null then false else monitored.is_monitored end as is_monitored,
    coalesce(monitored.evidence, '') as monitored_evidence,
    ended.household_id is not null as has_left, coalesce(ended.evidence, '') as left_evidence,
    paper.newest_authorization, coalesce(paper.evidence, '') as authorization_evidence,
    policy.standard_fen, policy.minimum_wage_fen, policy.disposable_income_fen, policy.rigid_ratio,
    policy.asset_months, policy.borderline_multiple, policy.vehicle_limit, policy.dwelling_limit,
    policy.authorization_notice_days,
    known_to_stale_check.household_id is not null as is_check_stale, stale.medical as is_medical_stale,
    stale.rural as is_rural_stale, stale.federation as is_federation_stale, stale.roster as is_roster_stale
from household
cross join run
cross join stale_source as stale
left join policy on household.district = policy.district and household.residence = policy.residence
left join coverage as roster on household.forming_key = roster.household_key
left join own on household.forming_key = own.household_key
left join covered on household.household_id = covered.household_id
left join summed on household.household_id = summed.household_id
left join figure on household.household_id = figure.household_id
left join monitored on household.household_id = monitored.household_id
left join ended on household.household_id = ended.household_id
left join known_to_stale_check on household.household_id = known_to_stale_check.household_id
left join "authorization" as paper on household.household_id = paper.household_id
order by household.household_id
