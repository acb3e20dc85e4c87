-- Persons as the subjects of a rule. Grain: one person. Null in household_id: the person stands in no household.
select
    'person' as subject, person_id as subject_id, household_id, person_id, district, is_check_stale, is_medical_stale,
    is_rural_stale, is_federation_stale, is_roster_stale
from person_figure
