-- What speaks against a person's identity or place (rule Q02): another person under the same valid ID, a second valid
-- ID, or a claim by a household that stands apart. Lapsed consents, disputed certificates, ended roster households and
-- the lawful one-person DB beside the family's BY raise nothing.
-- Grain: person and kind of conflict.
with current_id as (
    select record.record_key, record.id_number, link.person_id
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    left join certificate on record.record_key = certificate.record_key
    cross join run
    where record.id_no is not null
        and not record.is_subsidy
        and coalesce(record.authorized_until >= run.data_date, record.source not in ('province_check', 'city_check'))
        and certificate.is_disputed is not true
),
bearing as (
    select distinct id_number, person_id from current_id
),
shared as (
    select id_number from bearing group by id_number having count(*) > 1
),
several as (
    select person_id from bearing group by person_id having count(*) > 1
),
rival as (
    select person_id
    from person_claim
    where level < 4 and not is_lapsed
    group by person_id
    having min(household_number) <> max(household_number)
),
claim as (
    select
        claim.person_id, claim.household_number, claim.record_key, formed.programme = 'BY' as is_borderline,
        record.single_person_dibao is true and coverage.programme = 'DB' as is_single_person_dibao
    from person_claim as claim
    inner join rival on claim.person_id = rival.person_id
    inner join current_record as record on claim.record_key = record.record_key
    inner join household on claim.household_number = household.household_number
    left join coverage as formed on household.forming_key = formed.household_key
    left join coverage on claim.family_key = coverage.household_key
    cross join run
    where claim.level < 4
        and not claim.is_lapsed
        and coalesce(record.authorized_until >= run.data_date, record.source not in ('province_check', 'city_check'))
),
claimed as (
    select person_id, string_agg(record_key, '|' order by record_key) as evidence
    from claim
    group by person_id
    having count(distinct household_number) > 1
        and not (
            count(distinct household_number) = 2
            and bool_or(is_single_person_dibao)
            and bool_or(is_borderline)
        )
)
select person_id, 'shared_id' as conflict, string_agg(record_key, '|' order by record_key) as evidence
from current_id
where id_number in (select id_number from shared)
group by person_id
union all
select person_id, 'two_ids', string_agg(record_key, '|' order by record_key)
from current_id
where person_id in (select person_id from several)
group by person_id
union all
select person_id, 'two_households', evidence
from claimed
order by all
