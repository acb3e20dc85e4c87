-- Which row of each checking system is in force for a person on the data date (consent not lapsed, not withdrawn).
-- Grain: person and source. A person of several reports takes the newest (checked on, version, report number), and
-- who is listed twice in one report the last listed.
with province as (
    select
        link.person_id, record.source, record.record_key, record.report_no, record.report_version,
        row_number() over (
            partition by link.person_id
            order by
                record.checked_on desc, record.report_version desc, record.report_no desc,
                try_cast(record.member_no as bigint) desc nulls last, record.record_key desc
        ) as place
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    cross join run
    where record.source = 'province_check' and record.authorized_until >= run.data_date
),
city as (
    select
        link.person_id, record.source, record.record_key, null as report_no, null as report_version,
        row_number() over (
            partition by link.person_id order by record.updated_at desc, record.record_key
        ) as place
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    cross join run
    where record.source = 'city_check' and record.authorized_until >= run.data_date
)
select person_id, source, record_key, report_no, report_version from province where place = 1
union all
select person_id, source, record_key, report_no, report_version from city where place = 1
order by person_id, source
