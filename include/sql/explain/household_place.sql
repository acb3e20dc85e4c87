-- Where a household stands and the parameter values that hold there. Grain: one household.
select run.data_date, household.household_id, policy.*
from household
inner join asked_subject on household.household_id = asked_subject.subject_id
cross join run
left join policy on household.district = policy.district and household.residence = policy.residence
