-- Households as the subjects of a rule. Grain: one household.
select
    'household' as subject, household_id as subject_id, household_id, cast(null as varchar) as person_id, district,
    is_check_stale, is_medical_stale, is_rural_stale, is_federation_stale, is_roster_stale
from household_figure
