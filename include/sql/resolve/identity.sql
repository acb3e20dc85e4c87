-- The checked citizen ID of each current record: 18 digits whose date is real and past and whose check digit is
-- right (GB 11643-1999, ISO 7064 MOD 11-2), or 15 digits upgraded. Other document types carry no citizen ID.
-- Grain: one record key. Null in id_no: no usable ID; id_kind says why.
with candidate as (
    select
        *,
        case
            when id_type in ('3', '4') then null
            when regexp_full_match(id_raw, '[0-9]{17}[0-9X]') then substr(id_raw, 1, 17)
            when regexp_full_match(id_raw, '[0-9]{15}') then substr(id_raw, 1, 6) || '19' || substr(id_raw, 7)
        end as body
    from current_record
),
numbered as (
    select *, try_cast(body as bigint) as number, try_strptime(substr(body, 7, 8), '%Y%m%d') as born_at
    from candidate
),
summed as (
    select
        *,
        (
            7 * (number // 10000000000000000) + 9 * (number // 1000000000000000 % 10)
            + 10 * (number // 100000000000000 % 10) + 5 * (number // 10000000000000 % 10)
            + 8 * (number // 1000000000000 % 10) + 4 * (number // 100000000000 % 10)
            + 2 * (number // 10000000000 % 10) + 1 * (number // 1000000000 % 10)
            + 6 * (number // 100000000 % 10) + 3 * (number // 10000000 % 10)
            + 7 * (number // 1000000 % 10) + 9 * (number // 100000 % 10)
            + 10 * (number // 10000 % 10) + 5 * (number // 1000 % 10)
            + 8 * (number // 100 % 10) + 4 * (number // 10 % 10) + 2 * (number % 10)
        ) % 11 as remainder
    from numbered
),
checked as (
    select
        *,
        substr('10X98765432', cast(remainder as integer) + 1, 1) as check_digit,
        cast(born_at as date) between date '1850-01-01' and (select data_date from run)
        and substr(body, 1, 2) between '11' and '91'
        and length(replace(id_raw, substr(id_raw, 1, 1), '')) > 1 as is_plausible
    from summed
)
select
    source, record_key, household_key, member_no, name, sex, birth_date, relation, is_head, left_on, is_subsidy,
    case
        when is_plausible and length(id_raw) = 15 then body || check_digit
        when is_plausible and substr(id_raw, 18, 1) = check_digit then id_raw
    end as id_no,
    case
        when id_raw is null then 'missing'
        when is_plausible and length(id_raw) = 15 then 'upgraded15'
        when is_plausible and substr(id_raw, 18, 1) = check_digit then 'valid18'
        else 'invalid'
    end as id_kind
from checked
order by record_key
