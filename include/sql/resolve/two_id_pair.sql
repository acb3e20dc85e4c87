-- Two valid IDs of one human: the same full name and birth date, and a phone or a family in common, or, where nothing
-- speaks against it, numbers that are one slip apart with a single record under one of them. Two persons of one family
-- list are two; two numbers known to the same source are two namesakes unless the numbers are hardly different.
-- Grain: two IDs, the lower left.
with bearer as (
    select current_record.*, name_standard.name_key
    from current_record
    inner join name_standard on current_record.name = name_standard.name
    where current_record.id_no is not null and name_standard.name_key is not null and not name_standard.is_partial
        and current_record.birth_on is not null and not current_record.is_subsidy
        and current_record.record_no not in (select record_no from own_node)
),
namesake as (
    select name_key, birth_on from bearer group by name_key, birth_on having min(id_number) <> max(id_number)
),
near_bearer as materialized (
    select
        bearer.id_no, bearer.source, bearer.household_key, bearer.name_key, bearer.birth_on, bearer.phone_key,
        bearer.sex_known, bearer.record_key, count(*) over (partition by bearer.id_no) as records
    from bearer
    inner join namesake on bearer.name_key = namesake.name_key and bearer.birth_on = namesake.birth_on
),
family as (
    select distinct current_record.household_key, current_record.id_no
    from current_record
    inner join (select distinct household_key from near_bearer) as wanted
        on current_record.household_key = wanted.household_key
    where current_record.id_no is not null
),
met as (
    select
        mine.id_no as left_id, other.id_no as right_id,
        bool_or(mine.phone_key = other.phone_key) as has_same_phone,
        bool_or(mine.phone_key <> other.phone_key) as has_other_phone,
        bool_or(mine.source = other.source) as has_same_source,
        bool_or(mine.household_key = other.household_key) as is_one_list,
        bool_or(mine.sex_known <> other.sex_known) as has_other_sex,
        min(least(mine.records, other.records)) as records,
        hamming(substr(mine.id_no, 1, 17), substr(other.id_no, 1, 17)) as digits_off
    from near_bearer as mine
    inner join near_bearer as other
        on mine.name_key = other.name_key and mine.birth_on = other.birth_on and mine.id_no < other.id_no
    group by mine.id_no, other.id_no
),
kin as (
    select distinct mine.id_no as left_id, other.id_no as right_id
    from near_bearer as mine
    inner join family on mine.household_key = family.household_key and mine.id_no <> family.id_no
    inner join family as shared on family.id_no = shared.id_no
    inner join near_bearer as other
        on shared.household_key = other.household_key and other.id_no <> shared.id_no
        and mine.name_key = other.name_key and mine.birth_on = other.birth_on and mine.id_no < other.id_no
)
select met.left_id, met.right_id
from met
left join kin on met.left_id = kin.left_id and met.right_id = kin.right_id
where not coalesce(met.is_one_list, false) and not coalesce(met.has_other_sex, false) and (
    (coalesce(met.has_same_phone, false) or kin.left_id is not null) and (not met.has_same_source or met.digits_off <= 2)
    or not met.has_same_source and not coalesce(met.has_other_phone, false) and met.digits_off <= 1 and met.records = 1
)
order by met.left_id, met.right_id
