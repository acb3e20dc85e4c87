-- Every valid ID that is one digit, or one pair of neighbouring digits, off an ID whose check digit is wrong. For each
-- place there is at most one digit that makes the check come out (ISO 7064 MOD 11-2), so the list is short.
-- Grain: record key and repaired ID that somebody really bears.
with place (n, weight, inverse) as (
    values (1, 7, 8), (2, 9, 5), (3, 10, 10), (4, 5, 9), (5, 8, 7), (6, 4, 3), (7, 2, 6), (8, 1, 1), (9, 6, 2),
        (10, 3, 4), (11, 7, 8), (12, 9, 5), (13, 10, 10), (14, 5, 9), (15, 8, 7), (16, 4, 3), (17, 2, 6), (18, 1, 1)
),
broken as (
    select record_key, id_raw as id
    from current_record
    where id_kind = 'invalid' and regexp_full_match(id_raw, '[0-9]{17}[0-9X]')
),
digit as (
    select
        broken.record_key, broken.id, place.n, place.weight, place.inverse,
        case substr(broken.id, place.n, 1) when 'X' then 10 else cast(substr(broken.id, place.n, 1) as integer) end
            as value
    from broken
    cross join place
),
missed as (
    select *, (12 - sum(value * weight) over (partition by record_key) % 11) % 11 as shortfall from digit
),
corrected as (
    select record_key, id, n, (value + shortfall * inverse) % 11 as value from missed
),
repaired as (
    select
        record_key,
        substr(id, 1, n - 1) || case value when 10 then 'X' else cast(value as varchar) end || substr(id, n + 1) as id_no
    from corrected
    where value < 10 or n = 18
    union all
    select
        record_key,
        substr(id, 1, n - 1) || substr(id, n + 1, 1) || substr(id, n, 1) || substr(id, n + 2)
    from digit
    where n < 18 and substr(id, n, 1) <> substr(id, n + 1, 1)
)
select distinct repaired.record_key, repaired.id_no
from repaired
inner join current_record on repaired.id_no = current_record.id_no
order by repaired.record_key, repaired.id_no
