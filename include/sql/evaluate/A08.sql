-- A08: a household monitored against relapse that nobody covers by any programme.
-- Grain: one household that the rural feed knows. An unknown removal of the risk leaves the outcome possible.
select
    household_id, cast(null as varchar) as person_id, district,
    case
        when is_covered or is_monitored is false then 'false'
        when is_monitored then 'certain' else 'possible'
    end as outcome,
    is_roster_stale or is_rural_stale as is_held,
    cast(null as decimal(38, 8)) as observed_low, cast(null as decimal(38, 8)) as observed_high,
    monitored_evidence as evidence
from household_subject
where is_monitored is not false or is_rural_stale
order by household_id
