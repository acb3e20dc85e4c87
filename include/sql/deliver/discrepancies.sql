-- Province against city, for auditors. Grain: person and item. Amounts in yuan, exact.
select
    run.data_date, person_id, household_id, item_code,
    cast(province_amount_fen as decimal(28, 8)) * cast(0.01 as decimal(3, 2)) as province_amount,
    cast(city_amount_fen as decimal(28, 8)) * cast(0.01 as decimal(3, 2)) as city_amount,
    province_as_of, city_as_of, province_key, city_key
from discrepancy
cross join run
order by person_id, item_code
