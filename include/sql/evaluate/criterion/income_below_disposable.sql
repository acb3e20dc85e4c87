-- Income per person and month is below a twelfth of the last published yearly disposable income.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    income_low as low,
    income_high as high,
    cast(cast(disposable_income_fen as decimal(30, 8)) / 1200 as decimal(38, 8)) as threshold,
    'yuan/person/month' as unit,
    'disposable_income|standard|employment_cost_share' as parameters,
    case
        when income_high_parts * 12 < disposable_income_fen * parts_per_monthly_fen then true
        when income_low_parts * 12 >= disposable_income_fen * parts_per_monthly_fen then false
    end as outcome,
    true as is_told,
    income_evidence as evidence,
    cast(null as varchar) as limbs
from household_subject
