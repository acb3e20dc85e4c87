-- The counted members together own as many dwellings as the limit, or more; co-owners may be counted twice.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(dwellings_low as decimal(38, 8)) as low,
    cast(dwellings_high as decimal(38, 8)) as high,
    cast(dwelling_limit as decimal(38, 8)) as threshold,
    'dwellings' as unit,
    'dwelling_limit' as parameters,
    case when dwellings_low >= dwelling_limit then true when dwellings_high < dwelling_limit then false end as outcome,
    true as is_told,
    dwelling_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
