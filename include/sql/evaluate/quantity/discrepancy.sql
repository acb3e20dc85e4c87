-- Where province and city both answered an item without ERROR and differ by more than 1 % of the larger and more
-- than 10 yuan, on sums as the rules use them: income inside the window and not carried on, balances whole.
-- Grain: person and item. Amounts in fen, with fractions where a period lies partly in the window.
with known_to_both as (
    select person_id from person_basis group by person_id having count(*) = 2
),
fact as (
    select
        basis.person_id, fact.source, fact.record_key, fact.item_code, fact.status, fact.as_of,
        fact.status = 'ERROR' as is_unanswered, fact.status = 'HIT' and fact.amount_fen is null as has_no_amount,
        fact.item_code like 'I%' as is_income,
        cast(substr(fact.period_from, 1, 4) as int) * 12 + cast(substr(fact.period_from, 5, 2) as int) as first_month,
        cast(substr(fact.period_to, 1, 4) as int) * 12 + cast(substr(fact.period_to, 5, 2) as int) as last_month,
        case
            when fact.status <> 'HIT' then 0
            when fact.item_code like 'I%' then greatest(fact.amount_fen, 0)
            else fact.amount_fen
        end * cast(run.parts_per_fen as hugeint) as parts
    from economic_fact as fact
    inner join person_basis as basis
        on fact.source = basis.source
        and fact.record_key = basis.record_key
        and fact.report_version is not distinct from basis.report_version
    inner join known_to_both on basis.person_id = known_to_both.person_id
    cross join run
    where fact.item_code in ('I01', 'I02', 'I03', 'I04', 'I05', 'I06', 'I07', 'A01', 'A02', 'A06', 'A07')
),
placed as (
    select
        fact.*,
        case when is_income and first_month is not null and last_month is not null
            then greatest(0, least(last_month, run.window_last_month) - greatest(first_month, run.window_first_month) + 1)
        end as months_inside
    from fact
    cross join run
),
counted as (
    select
        *,
        is_unanswered or has_no_amount and coalesce(months_inside > 0, true) as is_unknown,
        case when months_inside is null then parts
            when months_inside = 0 then 0
            else parts * months_inside // (last_month - first_month + 1)
        end as parts_inside
    from placed
),
summed as (
    select
        person_id, item_code, source, sum(parts_inside) as parts, max(as_of) filter (where status <> 'ERROR') as as_of,
        min(record_key) as record_key, bool_or(is_unknown) as is_unknown
    from counted
    group by person_id, item_code, source
),
differing as (
    select
        province.person_id, province.item_code, province.parts as province_parts, city.parts as city_parts,
        province.as_of as province_as_of, city.as_of as city_as_of,
        province.record_key as province_key, city.record_key as city_key
    from summed as province
    inner join summed as city
        on province.person_id = city.person_id and province.item_code = city.item_code
        and province.source = 'province_check' and city.source = 'city_check'
    cross join run
    where not province.is_unknown and not city.is_unknown
        and abs(province.parts - city.parts) > 1000 * cast(run.parts_per_fen as hugeint)
        and abs(province.parts - city.parts) * 100 > greatest(province.parts, city.parts)
)
select
    differing.person_id, member.household_id, differing.item_code,
    cast((differing.province_parts * 10000 // (run.parts_per_fen // 10000)) as decimal(38, 0))
        * cast(0.00000001 as decimal(9, 8)) as province_amount_fen,
    cast((differing.city_parts * 10000 // (run.parts_per_fen // 10000)) as decimal(38, 0))
        * cast(0.00000001 as decimal(9, 8)) as city_amount_fen,
    differing.province_as_of, differing.city_as_of, differing.province_key, differing.city_key
from differing
cross join run
left join household_member as member on differing.person_id = member.person_id
order by differing.person_id, differing.item_code
