-- Which of the sources that a rule may read is stale. Grain: the day (one row).
-- A source that never delivered is stale.
select
    coalesce(bool_or(is_stale) filter (where source = 'province_check'), true) as province,
    coalesce(bool_or(is_stale) filter (where source = 'city_check'), true) as city,
    coalesce(bool_or(is_stale) filter (where source = 'medical_insurance'), true) as medical,
    coalesce(bool_or(is_stale) filter (where source = 'rural_revitalization'), true) as rural,
    coalesce(bool_or(is_stale) filter (where source = 'disabled_federation'), true) as federation,
    coalesce(bool_or(is_stale) filter (where source = 'assistance_roster'), true) as roster
from source_day
