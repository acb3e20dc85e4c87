-- Every system's own number of a household, and since when the household bears its id.
-- Grain: one family. role: forming, joined, history (a roster household that ended).
select
    household.household_id, joined.family_key as household_key, family.source, joined.role, family.is_lapsed,
    coalesce(previous.first_seen, run.data_date) as first_seen
from family_household as joined
inner join household on joined.household_number = household.household_number
inner join family on joined.family_key = family.family_key
cross join run
left join previous_household_key as previous
    on joined.family_key = previous.household_key and household.household_id = previous.household_id
order by joined.family_key
