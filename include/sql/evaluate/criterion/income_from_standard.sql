-- Income per person and month reaches the dibao standard.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    income_low as low,
    income_high as high,
    cast(cast(standard_fen as decimal(30, 0)) * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as threshold,
    'yuan/person/month' as unit,
    'standard|employment_cost_share' as parameters,
    case
        when income_low_parts >= standard_fen * parts_per_monthly_fen then true
        when income_high_parts < standard_fen * parts_per_monthly_fen then false
    end as outcome,
    true as is_told,
    income_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
