-- The valid certificate ends within the months of notice. Disputed: cannot tell. Observed: days left.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(valid_until - run.data_date as decimal(38, 8)) as low,
    cast(valid_until - run.data_date as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    'days' as unit,
    'certificate_notice_months' as parameters,
    case
        when not is_disputed
            then coalesce(
                valid_until <= cast(run.data_date + to_months(cast(certificate_notice_months as int)) as date), false)
    end as outcome,
    not is_disputed as is_told,
    certificate_evidence as evidence,
    cast(null as varchar) as limbs
from person_subject
cross join run
