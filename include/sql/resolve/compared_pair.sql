-- How alike two sides are, attribute by attribute, in words that the model has weights for.
-- Grain: one row of pair. unknown: one side does not say; it speaks neither for nor against.
-- name, by character (the engine's own edit distances count bytes): exact · compatible (an unreadable part, another
-- order of parts, a cut end) · sound (other characters that are read alike, tones left out: weak evidence, for pinyin
-- keyboards slip so and siblings are named so) · near (one character differs, is missing or has changed place, of three
-- or more) · surname · different.
-- birth: exact · near (day and month exchanged, one part of the date differs in one digit, the first of January of the
-- same year, a lunar date taken for a solar one) · different. id: near (one digit or one neighbouring pair off) · far.
with place (n) as (
    values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16), (17)
),
lengths as (
    select
        *,
        length(left_name) as left_length, length(right_name) as right_length,
        (substr(left_name, 1, 1) <> substr(right_name, 1, 1))::int
        + (substr(left_name, 2, 1) <> substr(right_name, 2, 1))::int
        + (substr(left_name, 3, 1) <> substr(right_name, 3, 1))::int
        + (substr(left_name, 4, 1) <> substr(right_name, 4, 1))::int
        + (substr(left_name, 5) <> substr(right_name, 5))::int as characters_off,
        case when length(left_id) = 18 and length(right_id) = 18 then hamming(left_id, right_id) end as digits_off
    from pair
),
edits as (
    select
        *,
        characters_off = 1 and left_length = right_length and left_length >= 3
        or characters_off = 2 and left_length = right_length and left_length >= 3
            and substr(left_name, 1, 1) = substr(right_name, 1, 1)
            and substr(left_name, 2, 1) = substr(right_name, 3, 1)
            and substr(left_name, 3, 1) = substr(right_name, 2, 1)
        or abs(left_length - right_length) = 1 and greatest(left_length, right_length) >= 3
            and substr(left_name, 1, 1) = substr(right_name, 1, 1)
            and right(left_name, 1) = right(right_name, 1) as is_one_edit,
        abs(date_diff('day', left_birth, right_birth)) as days_apart
    from lengths
),
other_name as (
    select distinct left_name, right_name
    from lengths
    where left_name <> right_name and left_length = right_length
),
alike as (
    select other_name.left_name, other_name.right_name
    from other_name
    inner join place on place.n <= length(other_name.left_name)
    left join syllable as mine on substr(other_name.left_name, place.n, 1) = mine.character
    left join syllable as other on substr(other_name.right_name, place.n, 1) = other.character
    group by other_name.left_name, other_name.right_name
    having bool_and(coalesce(
        mine.syllable = other.syllable,
        substr(other_name.left_name, place.n, 1) = substr(other_name.right_name, place.n, 1)))
),
heard as (
    select edits.*, alike.left_name is not null as sounds_alike
    from edits
    left join alike on edits.left_name = alike.left_name and edits.right_name = alike.right_name
)
select
    left_key, right_key,
    case
        when left_name is null or right_name is null then 'unknown'
        when left_name = right_name and left_name not like '%?%' then 'exact'
        when left_name like replace(right_name, '?', '%') or right_name like replace(left_name, '?', '%')
            or left_part = right_part
            or least(left_length, right_length) >= 4
                and (starts_with(left_name, right_name) or starts_with(right_name, left_name)) then 'compatible'
        when sounds_alike then 'sound'
        when is_one_edit then 'near'
        when substr(left_name, 1, 1) = substr(right_name, 1, 1) then 'surname'
        else 'different'
    end as name,
    case
        when left_birth is null or right_birth is null then 'unknown'
        when left_birth = right_birth then 'exact'
        when year(left_birth) = year(right_birth) and (
            month(left_birth) = day(right_birth) and day(left_birth) = month(right_birth)
            or strftime(left_birth, '%m%d') = '0101' or strftime(right_birth, '%m%d') = '0101'
            or hamming(strftime(left_birth, '%m%d'), strftime(right_birth, '%m%d')) = 1
            or days_apart between 18 and 51)
        or hamming(strftime(left_birth, '%Y'), strftime(right_birth, '%Y')) = 1
            and strftime(left_birth, '%m%d') = strftime(right_birth, '%m%d')
        or days_apart between 18 and 51 then 'near'
        else 'different'
    end as birth,
    case when left_sex is null or right_sex is null then 'unknown'
        when left_sex = right_sex then 'same' else 'different' end as sex,
    case when left_phone is null or right_phone is null then 'unknown'
        when left_phone = right_phone then 'same' else 'different' end as phone,
    case when left_address is null or right_address is null then 'unknown'
        when left_address = right_address then 'same' else 'different' end as address,
    case when is_mate then 'shared' when is_mate is false then 'apart' else 'unknown' end as mate,
    case
        when digits_off is null then 'unknown'
        when digits_off <= 1 then 'near'
        when digits_off = 2 and exists (
            select 1 from place
            where substr(left_id, place.n, 1) <> substr(left_id, place.n + 1, 1)
                and substr(left_id, place.n, 1) = substr(right_id, place.n + 1, 1)
                and substr(left_id, place.n + 1, 1) = substr(right_id, place.n, 1)
        ) then 'near'
        else 'far'
    end as id
from heard
order by left_key, right_key
