-- Both sides of each candidate pair with all that is compared. Grain: one candidate pair. Null: the side does not say.
-- A character of a number that is no ASCII counts as a wrong digit: the engine counts places in bytes, and stops where
-- two texts have not as many.
with side as (
    select
        record.record_key, name_standard.name_key, name_standard.part_key, record.phone_key,
        case when own.record_key is null then record.birth_on else own.birth_on end as birth_on,
        case when own.record_key is null then record.sex_known else own.sex end as sex,
        coalesce(record.id_no, case when length(record.id_raw) = 18 then regexp_replace(record.id_raw, '[^ -~]', '?', 'g') end) as id,
        record.address, own.holding
    from current_record as record
    left join own_node as own on record.record_key = own.record_key
    left join name_standard on record.name = name_standard.name
    where record.record_key in (select left_key from candidate_pair union select right_key from candidate_pair)
),
addressed as (
    select side.*, address_standard.address_key
    from side
    left join address_standard on side.address = address_standard.address
)
select
    pair.left_key, pair.right_key,
    mine.name_key as left_name, mine.part_key as left_part, mine.birth_on as left_birth, mine.sex as left_sex,
    mine.phone_key as left_phone, mine.address_key as left_address,
    case when mine.holding is null then mine.id end as left_id,
    other.name_key as right_name, other.part_key as right_part, other.birth_on as right_birth, other.sex as right_sex,
    other.phone_key as right_phone, other.address_key as right_address,
    case when other.holding is null then other.id end as right_id,
    pair.is_mate
from candidate_pair as pair
inner join addressed as mine on pair.left_key = mine.record_key
inner join addressed as other on pair.right_key = other.record_key
order by pair.left_key, pair.right_key
