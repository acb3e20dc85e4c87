-- Every record that a source says of the data date (chosen_record), with what identifies it in standard form (names:
-- name_standard). A citizen ID has 18 characters whose region and date are real and whose check digit is right
-- (GB 11643-1999, ISO 7064 MOD 11-2), or 15 digits upgraded (sequences from 996 on were kept for people born before
-- 1900), or stands at the head of a disability certificate's number (20 or 22 characters); one digit all along is a
-- placeholder (of 18 digits none has a date that can be); other document types carry none. Phones: mainland numbers
-- without country code. A stated birth date that cannot be (future, before 1880, the placeholder 1900-01-01) is unknown.
-- Grain: one record key, in the order of chosen_record: nothing is joined here, so nothing need be sorted. Null in
-- id_no and id_number (its first 17 digits): no usable ID, id_kind says why; in birth_on: neither stated nor read from
-- the ID.
-- is_keyed: the record's key is the same from day to day. anchor: where it is not, because the key names a dated file or a
-- report, the content by which the record is known again; null where a valid ID says who it is.
-- What nearly every row is comes first in a CASE, for the engine works out a later branch only for the rows that need it.
with written as (
    select
        *,
        case when length(id_raw) <= 18 then id_raw
            when regexp_full_match(id_raw, '[0-9]{17}[0-9X][1-7][1-4](B[0-9])?') then substr(id_raw, 1, 18)
            else id_raw end as id_text
    from chosen_record
),
candidate as (
    select
        *,
        case
            when id_type in ('3', '4') then null
            when regexp_full_match(id_text, '[0-9]{17}[0-9X]') then substr(id_text, 1, 17)
            when regexp_full_match(id_text, '[0-9]{15}') and substr(id_text, 13, 3) < '996'
                then substr(id_text, 1, 6) || '19' || substr(id_text, 7)
        end as body
    from written
),
numbered as (
    select
        *,
        cast(body as bigint) as number,
        cast(substr(body, 1, 2) as integer) as region,
        case when substr(body, 7, 4) <> '0000' then cast(try_strptime(substr(body, 7, 8), '%Y%m%d') as date) end as id_birth
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
        summed.*,
        substr('10X98765432', cast(remainder as integer) + 1, 1) as check_digit,
        coalesce(id_birth between date '1880-01-01' and run.data_date, false)
        and (region between 11 and 15 or region between 21 and 23 or region between 31 and 37
            or region between 41 and 46 or region between 50 and 54 or region between 61 and 65
            or region between 81 and 83 or region = 71 or region = 91)
        and case when length(id_text) = 18 then true
            else length(replace(id_text, substr(id_text, 1, 1), '')) > 0 end as is_plausible,
        case when birth_date between date '1880-01-01' and run.data_date and birth_date <> date '1900-01-01'
            then birth_date
        end as stated_birth
    from summed
    cross join run
),
judged as (
    select
        *,
        case
            when is_plausible and length(id_text) = 15 then body || check_digit
            when is_plausible and substr(id_text, 18, 1) = check_digit then id_text
        end as id_no,
        source not in ('province_check', 'rural_revitalization', 'disabled_federation') as is_keyed
    from checked
)
select
    source, record_key, household_key, member_no, report_no, report_version, name, id_type, id_raw, id_problem, sex,
    birth_date, relation, is_head, phone, address, area_code, updated_at, authorized_until, checked_on, left_on,
    single_person_dibao, is_subsidy, id_no,
    case when id_no is not null then number end as id_number,
    case
        when id_raw is null then coalesce(id_problem, 'missing')
        when id_no is null then 'invalid'
        when length(id_raw) = 15 then 'upgraded15'
        when length(id_raw) > 18 then 'certificate'
        else 'valid18'
    end as id_kind,
    stated_birth, id_birth,
    coalesce(stated_birth, case when is_plausible then id_birth end) as birth_on,
    coalesce(sex, case when id_no is not null then case when number % 2 = 1 then '1' else '2' end end) as sex_known,
    case when regexp_full_match(phone, '1[3-9][0-9]{9}') then phone
        else coalesce(
            nullif(regexp_extract(phone, '^(?:[+]?(?:00)?86)?(1[3-9][0-9]{9})$', 1), ''),
            nullif('0531' || regexp_extract(phone, '^(?:(?:[+]?(?:00)?86)?0?531)?([2-8][0-9]{7})$', 1), '0531')
        ) end as phone_key,
    is_keyed,
    case when id_no is null and not is_keyed
        then concat_ws('|', source, household_key, id_raw, name, birth_date) end as anchor
from judged
