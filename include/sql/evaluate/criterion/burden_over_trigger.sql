-- Own medical payments of twelve months are above the trigger; the lower one for members of BY households and for
-- persons monitored against relapse. Observed: yuan.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(cast(burden_fen as decimal(30, 0)) * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as low,
    cast(cast(burden_fen as decimal(30, 0)) * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as high,
    cast(disposable_income_fen * case when by_by or is_monitored then medical_trigger_lower else medical_trigger end * cast(0.01 as decimal(3, 2)) as decimal(38, 8)) as threshold,
    'yuan/year' as unit,
    'medical_trigger|medical_trigger_lower|disposable_income' as parameters,
    case
        when burden_fen > disposable_income_fen * medical_trigger then true
        when burden_fen <= disposable_income_fen * medical_trigger_lower then false
        else by_by or is_monitored
    end as outcome,
    true as is_told,
    concat_ws('|', nullif(burden_evidence, ''), nullif(monitored_evidence, '')) as evidence,
    cast(null as varchar) as limbs
from person_subject
