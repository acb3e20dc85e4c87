-- Pairs of records whose class valid IDs already tell: same person (one ID in two records), same household (two IDs in
-- two lists that share a third), stranger (any two records), and slip (an ID whose check digit is wrong, beside the
-- record of the same name, birth date and phone), from which alone the likeness of IDs in one person is counted.
-- Grain: class and two records; every class is thinned evenly to at most some 300,000 pairs, strangers 1,000,000.
with bearer as (
    select
        current_record.*, name_standard.name_key,
        row_number() over (order by current_record.id_no, current_record.record_key) as place
    from current_record
    inner join name_standard on current_record.name = name_standard.name
    where current_record.id_no is not null and not current_record.is_subsidy and name_standard.name_key is not null
),
listed as (
    select household_key, row_number() over (order by household_key) as place, count(*) over () as total
    from (select distinct household_key from bearer where household_key is not null)
),
sampled_list as (
    select household_key from listed where place % greatest(total // 50000, 1) = 0
),
neighbour as (
    select *, lead(record_key) over (order by place) as next_key, lead(id_no) over (order by place) as next_id,
        lead(household_key) over (order by place) as next_list, count(*) over () as total
    from bearer
),
same_pair as (
    select id_no, record_key as left_key, next_key as right_key, household_key as left_list, next_list as right_list
    from neighbour
    where id_no = next_id and place % greatest(total // 300000, 1) = 0
),
shared_list as (
    select distinct pair.left_key, pair.right_key
    from same_pair as pair
    inner join bearer as mine on pair.left_list = mine.household_key and mine.id_no <> pair.id_no
    inner join bearer as other
        on pair.right_list = other.household_key and other.id_no = mine.id_no
    where pair.left_list <> pair.right_list
),
kin as (
    select distinct mine.household_key as left_list, other.household_key as right_list
    from bearer as mine
    inner join sampled_list on mine.household_key = sampled_list.household_key
    inner join bearer as other on mine.id_no = other.id_no and mine.household_key <> other.household_key
),
household_pair as (
    select mine.record_key as left_key, other.record_key as right_key
    from kin
    inner join bearer as mine on kin.left_list = mine.household_key
    inner join bearer as other on kin.right_list = other.household_key and mine.id_no <> other.id_no
),
drawn as materialized (
    select
        record_key, id_no, household_key, (place * 7919 + step.n * 104729) % total + 1 as other_place
    from neighbour
    cross join (values (1), (2), (3), (4)) as step (n)
    where place % greatest(total // 250000, 1) = 0
),
stranger_pair as (
    select
        mine.record_key as left_key, other.record_key as right_key,
        mine.household_key is not null and other.household_key is not null as is_listed
    from drawn as mine
    inner join bearer as other on mine.other_place = other.place
    where mine.id_no <> other.id_no
),
slip_pair as (
    select mine.record_key as left_key, other.record_key as right_key
    from current_record as mine
    inner join name_standard on mine.name = name_standard.name
    inner join bearer as other
        on name_standard.name_key = other.name_key and mine.birth_on = other.birth_on and mine.phone_key = other.phone_key
    where mine.id_kind = 'invalid'
)
select 'same' as kind, pair.left_key, pair.right_key,
    case when shared_list.left_key is not null then true when pair.left_list <> pair.right_list then false end as is_mate
from same_pair as pair
left join shared_list on pair.left_key = shared_list.left_key and pair.right_key = shared_list.right_key
union all
select 'household', left_key, right_key, true from household_pair
union all
select 'stranger', left_key, right_key, case when is_listed then false end from stranger_pair
union all
select 'slip', left_key, right_key, null from slip_pair
