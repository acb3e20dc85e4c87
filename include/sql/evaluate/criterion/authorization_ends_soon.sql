-- The newest authorization has ended or ends within the days of notice. No authorization at all: false.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(newest_authorization - run.data_date as decimal(38, 8)) as low,
    cast(newest_authorization - run.data_date as decimal(38, 8)) as high,
    cast(authorization_notice_days as decimal(38, 8)) as threshold,
    'days' as unit,
    'authorization_notice_days' as parameters,
    coalesce(newest_authorization <= run.data_date + cast(authorization_notice_days as int), false) as outcome,
    true as is_told,
    authorization_evidence as evidence,
    case
        when newest_authorization < run.data_date then 'lapsed'
        when newest_authorization = run.data_date then 'today'
        when newest_authorization <= run.data_date + cast(authorization_notice_days as int) then 'soon'
    end as limbs
from household_subject
cross join run
