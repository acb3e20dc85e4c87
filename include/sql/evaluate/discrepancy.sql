-- Where province and city both answered an item without ERROR and differ by more than 1 % of the larger and more
-- than 10 yuan, on sums as the rules use them: income inside the window, balances whole.
-- Grain: person and item. Amounts in fen with fractions where a period lies partly in the window.
with fact as (
    select
        basis.person_id, fact.source, fact.record_key, fact.item_code, fact.status, fact.as_of,
        case when fact.amount_fen < 0 and fact.item_code like 'I%' then 0 else fact.amount_fen end as amount_fen,
        case when fact.period_from is null or fact.period_to is null then 1
            else (cast(substr(fact.period_to, 1, 4) as int) * 12 + cast(substr(fact.period_to, 5) as int))
                - (cast(substr(fact.period_from, 1, 4) as int) * 12 + cast(substr(fact.period_from, 5) as int)) + 1
        end as months,
        case when fact.period_from is null or fact.period_to is null or fact.item_code not like 'I%' then null
            else greatest(0,
                least(cast(substr(fact.period_to, 1, 4) as int) * 12 + cast(substr(fact.period_to, 5) as int),
                    cast(substr(run.window_to, 1, 4) as int) * 12 + cast(substr(run.window_to, 5) as int))
                - greatest(cast(substr(fact.period_from, 1, 4) as int) * 12 + cast(substr(fact.period_from, 5) as int),
                    cast(substr(run.window_from, 1, 4) as int) * 12 + cast(substr(run.window_from, 5) as int)) + 1)
        end as months_inside
    from economic_fact as fact
    inner join person_basis as basis
        on fact.source = basis.source
        and fact.record_key = basis.record_key
        and fact.report_version is not distinct from basis.report_version
    cross join run
    where fact.item_code in
        ('I01', 'I02', 'I03', 'I04', 'I05', 'I06', 'I07', 'A01', 'A02', 'A06', 'A07')
),
summed as (
    select
        person_id, item_code, source,
        sum(case when status = 'HIT'
            then cast(amount_fen as decimal(38, 8)) * coalesce(months_inside, months) / months else 0 end) as amount_fen,
        max(as_of) as as_of, min(record_key) as record_key, bool_or(status = 'ERROR') as has_error
    from fact
    group by person_id, item_code, source
)
select
    province.person_id, member.household_id, province.item_code,
    cast(province.amount_fen as decimal(38, 8)) as province_amount_fen,
    cast(city.amount_fen as decimal(38, 8)) as city_amount_fen,
    province.as_of as province_as_of, city.as_of as city_as_of,
    province.record_key as province_key, city.record_key as city_key
from summed as province
inner join summed as city
    on province.person_id = city.person_id and province.item_code = city.item_code
    and province.source = 'province_check' and city.source = 'city_check'
left join household_member as member on province.person_id = member.person_id
where not province.has_error and not city.has_error
    and abs(province.amount_fen - city.amount_fen) > 1000
    and abs(province.amount_fen - city.amount_fen) * 100 > greatest(province.amount_fen, city.amount_fen)
order by province.person_id, province.item_code
