-- The rows that count for a person and item: of the systems that have answered (HIT or NONE), the newer; on a tie
-- the province. Systems are never mixed. An item that nobody answered has no row: unknown, never zero.
-- Grain: one economic fact row of the winning system. Null in amount_fen or quantity: the row does not say.
-- Null in first_month and last_month (months counted from year 0): the row has no period. answered_on: when the
-- winner answered. is_corrected: a hit that a caseworker found wrong; it is ERROR, so unknown, and amount and quantity are
-- kept to show what the source says. A text that has not the form of a code is none: it stays in the standardised
-- layer, for whatever a clerk typed there must not reach a page.
with fact as (
    select
        basis.person_id, fact.source, fact.record_key, fact.item_code, fact.period_from, fact.period_to,
        fact.amount_fen, fact.quantity, fact.status, fact.as_of
    from economic_fact as fact
    inner join person_basis as basis
        on fact.source = basis.source
        and fact.record_key = basis.record_key
        and fact.report_version is not distinct from basis.report_version
    where regexp_full_match(fact.item_code, '[A-Za-z0-9]{1,8}')
),
answer as (
    select
        person_id, item_code, max(as_of) as answered_on,
        case
            when bool_or(source = 'province_check') and coalesce(
                max(as_of) filter (where source = 'province_check') = max(as_of), max(as_of) is null)
                then 'province_check'
            else 'city_check'
        end as source
    from fact
    where status in ('HIT', 'NONE')
    group by person_id, item_code
),
disbelieved as (
    select distinct
        coalesce(redirect.leads_to, correction.person_id) as person_id, correction.source, correction.item_code,
        correction.amount_fen, correction.quantity
    from correction
    left join person_redirect as redirect on correction.person_id = redirect.person_id
    where correction.ended_on is null
)
select
    fact.person_id, fact.source, fact.record_key, fact.item_code, fact.period_from, fact.period_to,
    case when fact.period_to is not null
        then cast(substr(fact.period_from, 1, 4) as int) * 12 + cast(substr(fact.period_from, 5, 2) as int)
    end as first_month,
    case when fact.period_from is not null
        then cast(substr(fact.period_to, 1, 4) as int) * 12 + cast(substr(fact.period_to, 5, 2) as int)
    end as last_month,
    fact.amount_fen, fact.quantity, case when wrong.person_id is null then fact.status else 'ERROR' end as status,
    fact.as_of, answer.answered_on, wrong.person_id is not null as is_corrected
from fact
inner join answer
    on fact.person_id = answer.person_id and fact.item_code = answer.item_code and fact.source = answer.source
left join disbelieved as wrong
    on fact.status = 'HIT'
    and fact.person_id = wrong.person_id and fact.source = wrong.source and fact.item_code = wrong.item_code
    and fact.amount_fen is not distinct from wrong.amount_fen
    and fact.quantity is not distinct from wrong.quantity
order by all
