-- The one pair of records that somebody asks about, with whether their families share a person.
-- Grain: one row. asked holds the two record keys.
with side as (
    select asked.left_key, asked.right_key, mine.household_key as left_list, other.household_key as right_list
    from asked
    inner join current_record as mine on asked.left_key = mine.record_key
    inner join current_record as other on asked.right_key = other.record_key
)
select
    side.left_key, side.right_key,
    case when side.left_list <> side.right_list then exists (
        select 1
        from current_record as mine
        inner join current_record as other on mine.id_no = other.id_no
        where mine.household_key = side.left_list and other.household_key = side.right_list
            and mine.record_key not in (side.left_key, side.right_key)
            and other.record_key not in (side.left_key, side.right_key)
    ) end as is_mate
from side
