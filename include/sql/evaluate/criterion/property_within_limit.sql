-- Nothing of the household's property is over the limit: financial assets, vehicles, dwellings, a registered business.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    'asset_months|standard|vehicle_limit|dwelling_limit' as parameters,
    not (
        (case when assets_low_fen > asset_months * standard_fen * counted then true when assets_high_fen <= asset_months * standard_fen * counted then false end)
        or (case when vehicles_low >= vehicle_limit then true when vehicles_high < vehicle_limit then false end)
        or (case when dwellings_low >= dwelling_limit then true when dwellings_high < dwelling_limit then false end)
        or has_business
    ) as outcome,
    true as is_told,
    concat_ws('|', nullif(asset_evidence, ''), nullif(vehicle_evidence, ''), nullif(dwelling_evidence, ''),
        nullif(business_evidence, '')) as evidence,
    cast(null as varchar) as limbs
from household_subject
