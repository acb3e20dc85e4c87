-- The records behind the figures of the persons who are told something: record keys once each, sorted, joined by |.
-- Grain: one person of told for whom there is such a record. Null: no record.
with record as (
    select roster.person_id, 'coverage' as figure, roster.record_key
    from told
    inner join roster_member as roster on told.subject_id = roster.person_id
    where roster.is_covering
    union
    select fact.person_id, case when fact.item_code = 'I01' then 'wage' else 'employment' end, fact.record_key
    from told
    inner join winning_fact as fact on told.subject_id = fact.person_id
    where fact.item_code in ('I01', 'S05')
    union
    select settlement.person_id, 'payment', settlement.record_key
    from told
    inner join counted_settlement as settlement on told.subject_id = settlement.person_id
)
select
    person_id,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'coverage') as coverage_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'wage') as wage_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'employment') as employment_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'payment') as burden_evidence
from record
group by person_id
