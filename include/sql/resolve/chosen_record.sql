-- Every person row that a source says of the data date, a view: the newest version of each household's newest report,
-- city rows not withdrawn, insured rows, the rural and federation file in force, roster members, subsidies.
-- Grain: one record key. Null in id_raw: the source gives no ID. Rows keep the order of the frozen files (by key within
-- a source): to sort a whole city's wide rows again costs more than to choose them.
with newest_version as (
    select
        *,
        row_number() over (partition by report_no order by report_version desc, record_key) as version_rank
    from check_report
),
newest_report as (
    select
        report_no,
        report_version,
        row_number() over (
            partition by household_key order by checked_on desc, report_version desc, report_no desc
        ) as report_rank
    from newest_version
    where version_rank = 1
),
province as (
    select record.*
    from person_record as record
    inner join newest_report as report
        on record.report_no = report.report_no and record.report_version = report.report_version
    where record.source = 'province_check' and report.report_rank = 1
    order by record.record_key
),
chosen as (
    select * from person_record where source <> 'province_check' and is_valid
    union all
    select * from province
)
select
    source, record_key, household_key, member_no, report_no, report_version, name, id_type, id_raw, id_problem, sex,
    birth_date, relation, is_head, phone, address, area_code, updated_at, authorized_until, checked_on, left_on,
    single_person_dibao, false as is_subsidy
from chosen
union all
select
    source, record_key, null, null, null, null, name, '1', id_raw, null, null,
    null, null, null, null, null, null, updated_at, null, null, null,
    null, true
from subsidy
