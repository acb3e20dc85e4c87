-- Employment insurance stopped after the answer before had it, at most twelve months ago.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    '' as parameters,
    case
        when has_facts
            then was_insured and coalesce(cast(stopped_on + interval 12 month as date) > run.data_date, false)
    end as outcome,
    has_facts as is_told,
    ended_evidence as evidence,
    cast(null as varchar) as limbs
from person_subject
cross join run
