-- The households of the day, each with an id that lasts: of the ids that its families bore the day before the
-- oldest, of one age that of the most authoritative family; an id goes to one household only, the one whose forming family it was made from, so that undoing a merge gives
-- every id back, else the most authoritative; else a new one from the forming family's key (and the date, when that id
-- stays with another household after a split).
-- The area is that of the most authoritative family that gives one.
-- Grain: one household. Null in district: the area is unknown or outside Jinan, so nothing is evaluated.
with forming as (
    select joined.household_number, family.*
    from family_household as joined
    inner join family on joined.family_key = family.family_key
    where joined.role = 'forming'
),
candidate as (
    select joined.household_number, previous.household_id, min(previous.first_seen) as first_seen,
        min(forming.place) as authority, min(family.place) as bearer_place
    from previous_household_key as previous
    inner join family_household as joined on previous.household_key = joined.family_key
    inner join family on joined.family_key = family.family_key
    inner join forming on joined.household_number = forming.household_number
    group by joined.household_number, previous.household_id
),
fresh as (
    select household_number, 'H' || substr(sha256(run.identity_key || ':' || family_key), 1, 16) as household_id
    from forming
    cross join run
),
owned as (
    select
        candidate.*,
        row_number() over (
            partition by candidate.household_id
            order by candidate.household_id <> fresh.household_id, candidate.authority
        ) as owner_place
    from candidate
    inner join fresh on candidate.household_number = fresh.household_number
),
kept as (
    select
        *, row_number() over (partition by household_number order by first_seen, bearer_place) as id_place
    from owned
    where owner_place = 1
),
rural as (
    select distinct joined.household_number
    from family_household as joined
    inner join family on joined.family_key = family.family_key
    where family.level = 3
),
area as (
    select joined.household_number, min_by(family.area_code, family.place) as area_code
    from family_household as joined
    inner join family on joined.family_key = family.family_key
    where joined.role <> 'history' and family.area_code is not null
    group by joined.household_number
),
taken as (
    select distinct household_id from previous_household_key
),
placed as (
    select
        forming.household_number, forming.family_key, forming.source, forming.head_person_id, forming.head_record_key,
        area.area_code,
        coalesce(kept.household_id, case when taken.household_id is null then fresh.household_id
            else 'H' || substr(sha256(fresh.household_id || ':' || run.data_date), 1, 16) end) as household_id,
        rural.household_number is not null as is_rural_known,
        coverage.urban_rural
    from forming
    cross join run
    inner join fresh on forming.household_number = fresh.household_number
    left join taken on fresh.household_id = taken.household_id
    left join kept on forming.household_number = kept.household_number and kept.id_place = 1
    left join area on forming.household_number = area.household_number
    left join rural on forming.household_number = rural.household_number
    left join coverage on forming.family_key = coverage.household_key
)
select
    placed.household_number, placed.household_id, placed.family_key as forming_key, placed.source as forming_source,
    placed.head_person_id, placed.head_record_key, placed.area_code, present.present_code as district,
    case
        when placed.urban_rural is not null then placed.urban_rural
        when placed.is_rural_known then 'rural'
        when substr(placed.area_code, 7, 3) between '100' and '399' then 'rural'
        else 'urban'
    end as residence,
    placed.urban_rural is null and not placed.is_rural_known
        and not coalesce(substr(placed.area_code, 7, 3) between '001' and '399', false) as is_residence_odd
from placed
left join area_code as present on substr(placed.area_code, 1, 6) = present.old_code
order by placed.household_number
