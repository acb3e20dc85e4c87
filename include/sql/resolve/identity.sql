-- What identifies each current record, in standard form. A citizen ID has 18 characters whose region and date are
-- real and whose check digit is right (GB 11643-1999, ISO 7064 MOD 11-2), or 15 digits upgraded (sequences from 996 on
-- were kept for people born before 1900), or stands at the head of a disability certificate's number (20 or 22
-- characters); one digit all along is a placeholder; other document types carry none. Names: name_standard. Phones:
-- mainland numbers without country code. A stated birth date that cannot be (future, before 1880, the placeholder
-- 1900-01-01) is unknown.
-- Grain: one record key. Null in id_no: no usable ID, id_kind says why; in birth_on: neither stated nor read from the
-- ID; in is_area_known: no ID. is_area_known is a warning only: lists of area codes are never complete.
-- anchor: what stays the same of a record from day to day: its key, or its content where the key names a dated file
-- or a report; null there when a valid ID already says who it is.
with written as (
    select
        *,
        case when length(id_raw) > 18 and regexp_full_match(id_raw, '[0-9]{17}[0-9X][1-7][1-4](B[0-9])?')
            then substr(id_raw, 1, 18) else id_raw end as id_text
    from current_record
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
        try_cast(body as bigint) as number,
        cast(try_strptime(substr(body, 7, 8), '%Y%m%d') as date) as id_birth
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
        and regexp_full_match(substr(body, 1, 2), '1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91')
        and length(replace(id_text, substr(id_text, 1, 1), '')) > 0 as is_plausible,
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
        end as id_no
    from checked
)
select
    judged.source, judged.record_key, judged.household_key, judged.member_no, judged.name, judged.sex,
    judged.birth_date, judged.relation, judged.is_head, judged.left_on, judged.is_subsidy, judged.id_no,
    case
        when judged.id_raw is null then coalesce(judged.id_problem, 'missing')
        when judged.id_no is null then 'invalid'
        when length(judged.id_raw) = 15 then 'upgraded15'
        when length(judged.id_raw) > 18 then 'certificate'
        else 'valid18'
    end as id_kind,
    name_standard.name_key, name_standard.part_key, name_standard.is_partial,
    judged.stated_birth, judged.id_birth,
    coalesce(judged.stated_birth, case when judged.is_plausible then judged.id_birth end) as birth_on,
    coalesce(judged.sex,
        case when judged.id_no is not null then case when number % 2 = 1 then '1' else '2' end end) as sex_known,
    coalesce(
        nullif(regexp_extract(judged.phone, '^(?:[+]?(?:00)?86)?(1[3-9][0-9]{9})$', 1), ''),
        nullif('0531' || regexp_extract(judged.phone, '^(?:(?:[+]?(?:00)?86)?0?531)?([2-8][0-9]{7})$', 1), '0531')
    ) as phone_key,
    case when judged.id_no is not null then area.area_code is not null end as is_area_known,
    case
        when judged.source not in ('province_check', 'rural_revitalization', 'disabled_federation')
            then judged.record_key
        when judged.id_no is null
            then concat_ws('|', judged.source, judged.household_key, judged.id_raw, judged.name, judged.birth_date)
    end as anchor
from judged
left join name_standard on judged.name = name_standard.name
left join (select distinct area_code from area_code_history) as area on substr(judged.id_no, 1, 6) = area.area_code
order by judged.record_key
