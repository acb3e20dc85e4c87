-- What the person rules ask of each person: where they stand, who covers them, which facts are in force.
-- Grain: one person. Null in district: outside Jinan or unknown, so nothing is evaluated. Null in a yes-or-no column:
-- unknown. household_* columns are null for a person in no household. In no order, which the stage puts the rows in, and
-- joined in two steps: the engine holds every table that it joins at once, and beside them what it sorts.
with on_roster as (
    select distinct person_id from person_link where source = 'assistance_roster'
),
known_to_stale_check as (
    select distinct link.person_id
    from person_link as link
    cross join stale_source as stale
    where (link.source = 'province_check' and stale.province) or (link.source = 'city_check' and stale.city)
),
subsidised as (
    select
        person_id,
        coalesce(bool_or(is_active), false) as has_active,
        coalesce(bool_or(is_active and kind = 'LIVING'), false) as has_living,
        coalesce(bool_or(is_active and kind = 'NURSING'), false) as has_nursing,
        string_agg(record_key, '|' order by record_key) filter (where is_active) as evidence
    from subsidy_in_force
    group by person_id
),
employment as (
    select
        person_id,
        case
            when bool_or(status = 'HIT' and coalesce(quantity, 1) >= 1) then true
            when bool_or(status = 'ERROR') then null
            else false
        end as is_insured
    from winning_fact
    where item_code = 'S05'
    group by person_id
),
status_fact as (
    select
        person_id,
        string_agg(distinct record_key, '|' order by record_key) filter (where item_code <> 'S02') as death_evidence,
        string_agg(distinct record_key, '|' order by record_key) filter (where item_code = 'S02') as custody_evidence
    from winning_fact
    where item_code in ('S01', 'S02', 'S03') and status = 'HIT'
    group by person_id
),
seated as (
    select
        member.person_id, member.household_id, member.role, member.record_key, household.district, household.residence
    from household_member as member
    inner join household on member.household_id = household.household_id
),
placed as (
    select
        person.person_id,
        coalesce(try_strptime(substr(person.id_no, 7, 8), '%Y%m%d'), person.birth_date) as birth_date, seated.household_id, seated.role, seated.record_key,
        case when seated.household_id is null then area.district else seated.district end as district,
        case when seated.household_id is null then area.residence else seated.residence end as residence
    from person
    left join seated on person.person_id = seated.person_id
    left join person_area as area on person.person_id = area.person_id
),
known as materialized (
    select
        placed.*, status.is_dead, status.is_in_custody, status.has_facts, facts.death_evidence, facts.custody_evidence,
        coverage.person_id is not null as is_covered,
        coalesce(coverage.by_db, false) as by_db, coalesce(coverage.by_tk, false) as by_tk,
        coalesce(coverage.by_by, false) as by_by, coalesce(coverage.is_covered_twice, false) as is_covered_twice,
        coalesce(subsidised.has_active, false) as has_active_subsidy,
        coalesce(subsidised.has_living, false) as has_living, coalesce(subsidised.has_nursing, false) as has_nursing,
        coalesce(subsidised.evidence, '') as subsidy_evidence,
        on_roster.person_id is not null as is_on_roster, known_to_stale_check.person_id is not null as is_check_stale
    from placed
    inner join person_status as status on placed.person_id = status.person_id
    left join on_roster on placed.person_id = on_roster.person_id
    left join known_to_stale_check on placed.person_id = known_to_stale_check.person_id
    left join status_fact as facts on placed.person_id = facts.person_id
    left join person_coverage as coverage on placed.person_id = coverage.person_id
    left join subsidised on placed.person_id = subsidised.person_id
)
select
    known.person_id, known.household_id, known.district, known.residence,
    extract(year from run.data_date) - extract(year from known.birth_date)
        - case when strftime(known.birth_date, '%m%d') > strftime(run.data_date, '%m%d') then 1 else 0 end as age,
    known.is_dead, known.is_in_custody, known.has_facts, known.death_evidence, known.custody_evidence,
    known.is_covered, known.by_db, known.by_tk, known.by_by, known.is_covered_twice,
    certificate.person_id is not null as has_certificate_row,
    coalesce(certificate.is_valid, false) as is_valid, coalesce(certificate.is_disputed, false) as is_disputed,
    certificate.level in ('1', '2') as is_severe,
    (certificate.level = '3' or (certificate.level = '4' and policy.nursing_levels_3_4))
        and certificate.category in ('5', '6') as is_extended,
    certificate.valid_until, coalesce(certificate.evidence, '') as certificate_evidence,
    known.has_active_subsidy, known.has_living, known.has_nursing, known.subsidy_evidence,
    coalesce(burden.burden_fen, 0) as burden_fen,
    case when monitored.person_id is null then false else monitored.is_monitored end as is_monitored,
    coalesce(monitored.evidence, '') as monitored_evidence,
    income.known_wage_parts, income.carried_wage_parts,
    cast(cast(coalesce(income.known_wage_parts, 0) as hugeint) * 100 // (cast(run.parts_per_fen as hugeint) // 10000) as decimal(38, 0))
        * cast(0.00000001 as decimal(9, 8)) as known_wages, coalesce(income.is_wage_open, true) as is_wage_open,
    employment.is_insured,
    ended.stopped_on,
    case when ended.was_insured and ended.is_open then null else coalesce(ended.was_insured, false) end as was_insured,
    coalesce(ended.is_silent, false) as is_employment_silent, coalesce(ended.evidence, '') as ended_evidence,
    household.is_by as is_household_by, household.is_monitored as is_household_monitored,
    coalesce(household.has_left, false) as has_household_left, household.left_evidence,
    known.record_key as member_evidence,
    policy.disposable_income_fen, policy.medical_trigger, policy.medical_trigger_lower,
    policy.living_borderline, policy.certificate_notice_months,
    known.is_on_roster, known.is_check_stale,
    stale.medical as is_medical_stale, stale.rural as is_rural_stale, stale.federation as is_federation_stale,
    stale.roster as is_roster_stale
from known
cross join run
cross join stale_source as stale
left join policy on known.district = policy.district and known.residence = policy.residence
left join certificate_in_force as certificate on known.person_id = certificate.person_id
left join medical_burden as burden on known.person_id = burden.person_id
left join person_monitored as monitored on known.person_id = monitored.person_id
left join person_income as income on known.person_id = income.person_id
left join employment on known.person_id = employment.person_id
left join employment_ended as ended on known.person_id = ended.person_id
left join household_figure as household on known.household_id = household.household_id
