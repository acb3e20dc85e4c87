-- The counted members together own as many vehicles as the limit, or more.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(vehicles_low as decimal(38, 8)) as low,
    cast(vehicles_high as decimal(38, 8)) as high,
    cast(vehicle_limit as decimal(38, 8)) as threshold,
    'vehicles' as unit,
    'vehicle_limit' as parameters,
    case when vehicles_low >= vehicle_limit then true when vehicles_high < vehicle_limit then false end as outcome,
    true as is_told,
    vehicle_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
