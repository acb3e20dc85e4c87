-- Income of a person and item over the window, from the winning system.
-- Grain: person and item that a system answered. No row: nobody answered, so [0, infinity).
-- Amounts are in parts, a whole fraction of a fen (run.parts_per_fen) that every period of up to 36 months divides, so
-- nothing is rounded. known: months of the rows' periods inside the window. carried: window months after the answer
-- that no row covers, at the monthly rate of the newest rows; income that stopped earlier stays stopped. is_open: no
-- upper bound; an ERROR outside the window says nothing about it.
with earning as (
    select
        fact.person_id, fact.item_code, fact.status, fact.first_month, fact.last_month,
        extract(year from fact.answered_on) * 12 + extract(month from fact.answered_on) as answered_month,
        case when fact.status = 'HIT' then greatest(coalesce(fact.amount_fen, 0), 0) else 0 end
            * cast(run.parts_per_fen as hugeint) as parts,
        fact.status = 'ERROR' or (fact.status = 'HIT' and fact.amount_fen is null) as is_unknown,
        fact.last_month - fact.first_month + 1 as months,
        greatest(0, least(fact.last_month, run.window_last_month) - greatest(fact.first_month, run.window_first_month) + 1)
            as months_inside
    from winning_fact as fact
    cross join run
    where fact.item_code in ('I01', 'I02', 'I03', 'I04', 'I05', 'I06', 'I07')
),
known as (
    select
        person_id, item_code, max(answered_month) as answered_month,
        sum(case when months is null then parts else parts * months_inside // months end) as known_parts,
        bool_or(is_unknown and coalesce(months_inside > 0, true)) or bool_or(answered_month is null) as is_open,
        max(last_month) filter (where status = 'HIT') as latest_month
    from earning
    group by person_id, item_code
),
rate as (
    select known.person_id, known.item_code, sum(earning.parts // earning.months) as monthly_parts
    from known
    inner join earning
        on known.person_id = earning.person_id
        and known.item_code = earning.item_code
        and known.latest_month = earning.last_month
    where earning.status = 'HIT' and known.latest_month in (known.answered_month, known.answered_month - 1)
    group by known.person_id, known.item_code
),
window_month as (
    select run.window_first_month + step.number as month
    from run
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11)) as step (number)
),
later as (
    select known.person_id, known.item_code, count(*) as months
    from known
    inner join window_month on window_month.month > known.answered_month
    where not exists (
        select 1
        from earning
        where earning.person_id = known.person_id
            and earning.item_code = known.item_code
            and (earning.months is null or window_month.month between earning.first_month and earning.last_month)
    )
    group by known.person_id, known.item_code
)
select
    known.person_id, known.item_code,
    cast(known.known_parts as decimal(38, 0)) as known_parts,
    cast(coalesce(later.months * rate.monthly_parts, 0) as decimal(38, 0)) as carried_parts,
    known.is_open
from known
left join later on known.person_id = later.person_id and known.item_code = later.item_code
left join rate on known.person_id = rate.person_id and known.item_code = rate.item_code
order by known.person_id, known.item_code
