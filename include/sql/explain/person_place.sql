-- Where a person stands and the parameter values that hold there. Grain: one person.
select run.data_date, person_subject.household_id,
    person_subject.by_by or person_subject.is_monitored as is_lower_trigger, policy.*
from person_subject
inner join asked_subject on person_subject.person_id = asked_subject.subject_id
cross join run
left join policy on person_subject.district = policy.district and person_subject.residence = policy.residence
