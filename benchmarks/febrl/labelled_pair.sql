-- Pairs whose class something else than the compared attribute tells: the same full name and birth date, the same full
-- address, and strangers (any two records; one pair in some hundreds of a person stands among them by chance).
-- Grain: label and two records.
with numbered as (
    select *, row_number() over (order by record_key) as place, count(*) over () as total from record
),
pair as (
    select
        'same_name' as kind, mine.record_key as left_key, other.record_key as right_key, mine.list, other.list as other_list
    from record as mine
    inner join record as other
        on mine.given_name = other.given_name and mine.surname = other.surname
        and mine.date_of_birth = other.date_of_birth and mine.record_key < other.record_key
    union all
    select 'same_address', mine.record_key, other.record_key, mine.list, other.list
    from record as mine
    inner join record as other
        on mine.street_number = other.street_number and mine.address_1 = other.address_1
        and mine.postcode = other.postcode and mine.record_key < other.record_key
    union all
    select 'stranger', mine.record_key, other.record_key, mine.list, other.list
    from numbered as mine
    cross join range(1, 31) as step (n)
    inner join numbered as other on (mine.place + step.n * 7919) % mine.total + 1 = other.place
)
select kind, left_key, right_key from pair
where left_key <> right_key and list <> other_list
order by kind, left_key, right_key
