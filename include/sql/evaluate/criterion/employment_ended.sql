-- Employment insurance stopped after the answer before had it, at most twelve months ago. Whom no answer in force tells of
-- may have stopped, or have begun again: it cannot be told, until twelve months after the stop that was known.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
with subject as (
    select
        person_subject.*,
        coalesce(cast(stopped_on + interval 12 month as date) > run.data_date, is_employment_silent) as is_recent
    from person_subject
    cross join run
)
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case
        when has_facts and not is_recent then false
        when has_facts and not is_employment_silent then was_insured
    end as outcome,
    has_facts and not (is_recent and is_employment_silent) as is_told,
    ended_evidence as evidence,
    cast(null as varchar) as limbs
from subject
