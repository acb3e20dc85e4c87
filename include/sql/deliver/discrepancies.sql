-- Province against city, for auditors. Grain: person and item. Amounts in yuan.
select
    run.data_date, person_id, household_id, item_code,
    province_amount_fen / 100 as province_amount, city_amount_fen / 100 as city_amount,
    province_as_of, city_as_of, province_key, city_key
from discrepancy
cross join run
order by person_id, item_code
