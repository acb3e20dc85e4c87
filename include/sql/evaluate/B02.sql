-- B02: a covered person whom a checking system knows to be in custody or prison.
-- Grain: one covered person. unknown: no row in force answers about custody.
with fact as (
    select person_id, string_agg(distinct record_key, '|' order by record_key) as evidence
    from winning_fact
    where item_code = 'S02' and status = 'HIT'
    group by person_id
)
select
    covered.household_id, covered.person_id, covered.district,
    case when covered.is_in_custody then 'certain' when covered.is_in_custody is null then 'unknown' else 'false' end
        as outcome,
    covered.is_held,
    cast(null as decimal(38, 8)) as observed_low, cast(null as decimal(38, 8)) as observed_high,
    concat_ws('|', covered.coverage_evidence, fact.evidence) as evidence
from covered_person as covered
left join fact on covered.person_id = fact.person_id
order by covered.person_id
