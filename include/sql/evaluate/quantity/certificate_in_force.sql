-- The disability certificate that counts for a person: of the valid and undisputed ones the newest, of equal dates the
-- later reissue, then the higher number: places in a file change from day to day and would change the answer.
-- Grain: person whom the federation's file names. Null in category or level: not readable; is_valid is false when no
-- row counts. is_disputed: some row's ID and certificate number disagree and no other row counts.
with placed as (
    select
        link.person_id, certificate.*,
        certificate.is_disputed is not true
            and certificate.status = 'NORMAL'
            and coalesce(certificate.valid_until >= run.data_date, true) as counts
    from certificate
    inner join person_link as link on certificate.record_key = link.record_key
    cross join run
),
ranked as (
    select
        *,
        row_number() over (
            partition by person_id
            order by
                counts desc, issued_on desc nulls last, updated_on desc nulls last,
                substr(certificate_no, 21) desc nulls last, certificate_no desc nulls last, record_key
        ) as place,
        bool_or(is_disputed) over (partition by person_id) as has_disputed,
        string_agg(record_key, '|' order by record_key) over (partition by person_id) as record_keys
    from placed
)
select
    person_id, counts as is_valid, not counts and coalesce(has_disputed, false) as is_disputed,
    case when counts then category end as category, case when counts then level end as level,
    case when counts then valid_until end as valid_until,
    case when counts then record_key else record_keys end as evidence
from ranked
where place = 1
order by person_id
