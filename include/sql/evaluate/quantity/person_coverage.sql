-- Who is covered on the data date, and by what. Covered: member of an ACTIVE roster household approved by then.
-- Grain: covered person. is_covered_twice: two households at once, unless it is the lawful pair of a one-person DB
-- beside the family's BY.
with covering as (
    select roster.person_id, roster.household_key, roster.programme, record.single_person_dibao
    from roster_member as roster
    inner join current_record as record on roster.record_key = record.record_key
    where roster.is_covering
),
counted as (
    select
        person_id, count(distinct household_key) as households,
        bool_or(programme = 'DB') as by_db, bool_or(programme = 'TK') as by_tk,
        bool_or(programme = 'BY') as by_by, bool_or(programme = 'ZC') as by_zc,
        coalesce(bool_or(programme = 'DB' and single_person_dibao), false) as by_single_person_dibao
    from covering
    group by person_id
)
select
    person_id, by_db, by_tk, by_by, by_zc,
    households > 1 and not (households = 2 and by_single_person_dibao and by_by) as is_covered_twice
from counted
order by person_id
