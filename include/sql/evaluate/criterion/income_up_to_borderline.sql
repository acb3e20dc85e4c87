-- Income per person and month is not above twice the standard nor above the district's minimum wage.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    income_low as low,
    income_high as high,
    cast(least(cast(standard_fen * borderline_multiple as decimal(18, 4)), minimum_wage_fen) * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as threshold,
    'yuan/person/month' as unit,
    'standard|employment_cost_share|borderline_multiple|minimum_wage' as parameters,
    case
        when cast(income_high_parts as hugeint) * 10000
            <= cast(least(cast(standard_fen * borderline_multiple as decimal(18, 4)), minimum_wage_fen) * 10000 as hugeint) * cast(parts_per_monthly_fen as hugeint) then true
        when cast(income_low_parts as hugeint) * 10000
            > cast(least(cast(standard_fen * borderline_multiple as decimal(18, 4)), minimum_wage_fen) * 10000 as hugeint) * cast(parts_per_monthly_fen as hugeint) then false
    end as outcome,
    true as is_told,
    income_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
