-- Every answer on employment insurance (S05) that was ever received, of any system and any report: what the day
-- before knew and what the sources say today. It tells who was insured before and is not now (rule A09).
-- Grain: one answer of one record. id_raw: the identity text of the record, to find its person when the report is no
-- longer in force.
with today as (
    select
        fact.source, fact.record_key, record.id_raw, fact.as_of, fact.status, cast(fact.quantity as bigint) as quantity
    from economic_fact as fact
    left join person_record as record
        on fact.source = record.source
        and fact.record_key = record.record_key
        and fact.report_version is not distinct from record.report_version
    where fact.item_code = 'S05' and fact.status in ('HIT', 'NONE')
)
select source, record_key, id_raw, as_of, status, quantity from today
union
select source, record_key, id_raw, as_of, status, quantity from previous_employment_answer
order by all
