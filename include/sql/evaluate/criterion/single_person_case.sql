-- A case for one-person assistance: a borderline member whose disability is severe or extended; or an adult of 18 to
-- 59, severely disabled, without wages in the answered months and not insured in employment. Carried wages leave it
-- possible; without facts in force the second case cannot be told.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
with judged as (
    select
        *,
        by_by and is_valid and (is_severe or is_extended) as is_borderline_case,
        is_valid and is_severe and age between 18 and 59
        and case
            when known_wage_parts > 0 then false
            when is_wage_open or carried_wage_parts > 0 then null
            else true
        end
        and not is_insured
        and case when has_facts then true end as is_adult_case
    from person_subject
)
select
    person_id as subject_id,
    known_wages as low,
    case when not is_wage_open then known_wages end as high,
    cast(0 as decimal(38, 8)) as threshold,
    'yuan/year' as unit,
    'nursing_levels_3_4' as parameters,
    is_borderline_case or is_adult_case as outcome,
    has_facts as is_told,
    concat_ws('|', nullif(certificate_evidence, ''), nullif(coverage_evidence, ''), nullif(wage_evidence, ''),
        nullif(employment_evidence, '')) as evidence,
    concat_ws('|', case when is_borderline_case then 'borderline' end, case when is_adult_case then 'adult' end) as limbs
from judged
