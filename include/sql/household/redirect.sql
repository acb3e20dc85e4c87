-- Where ids lead that stand for no person or household today, a view. Grain: one id.
select person_id as subject_id, leads_to from person_redirect
union all
select household_id, leads_to from household_redirect
