-- Where a person stands and the parameter values that hold there. Grain: one person.
select run.data_date, person_figure.household_id,
    person_figure.by_by or person_figure.is_monitored as is_lower_trigger, policy.*
from person_figure
inner join asked_subject on person_figure.person_id = asked_subject.subject_id
cross join run
left join policy on person_figure.district = policy.district and person_figure.residence = policy.residence
