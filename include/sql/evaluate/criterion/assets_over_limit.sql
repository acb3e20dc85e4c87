-- Deposits, securities and insurance per counted member are above so many months of the standard.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(cast(assets_low_fen as decimal(30, 8)) / nullif(counted, 0) / 100 as decimal(38, 8)) as low,
    cast(cast(assets_high_fen as decimal(30, 8)) / nullif(counted, 0) / 100 as decimal(38, 8)) as high,
    cast(cast(asset_months * standard_fen as decimal(30, 0)) * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as threshold,
    'yuan/person' as unit,
    'asset_months|standard' as parameters,
    case when assets_low_fen > asset_months * standard_fen * counted then true when assets_high_fen <= asset_months * standard_fen * counted then false end as outcome,
    true as is_told,
    asset_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
