-- Who is known to be dead or in custody, and who has facts in force.
-- A person has facts in force where a system answered something, or gave rows that answer nothing (ERROR alone); also where
-- only an older report in force has rows: facts are taken from the newest alone, so every item is unknown then.
-- Grain: one person. is_dead and is_in_custody are null when no row in force answers: unknown lowers no certainty.
with answer as (
    select
        fact.person_id,
        bool_or(fact.status = 'HIT') filter (where fact.item_code in ('S01', 'S03') and fact.status <> 'ERROR')
            as is_dead,
        bool_or(
            fact.status = 'HIT'
            and coalesce(fact.period_from <= run.month, true)
            and coalesce(fact.period_to >= run.month, true)
        )
            filter (where fact.item_code = 'S02' and fact.status <> 'ERROR') as is_in_custody,
        coalesce(
            min(fact.period_from) filter (where fact.item_code in ('S01', 'S03') and fact.status = 'HIT'),
            min(strftime(fact.as_of, '%Y%m')) filter (where fact.item_code in ('S01', 'S03') and fact.status = 'HIT')
        ) as death_month
    from winning_fact as fact
    cross join run
    group by fact.person_id
),
unanswered as (
    select distinct link.person_id
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    inner join economic_fact as fact
        on fact.source = record.source
        and fact.record_key = record.record_key
        and fact.report_version is not distinct from record.report_version
    cross join run
    where record.source in ('province_check', 'city_check') and record.authorized_until >= run.data_date
        and not exists (select 1 from answer where answer.person_id = link.person_id)
)
select
    person.person_id, answer.is_dead, answer.is_in_custody,
    answer.person_id is not null or unanswered.person_id is not null as has_facts, answer.death_month
from person
left join answer on person.person_id = answer.person_id
left join unanswered on person.person_id = unanswered.person_id
order by person.person_id
