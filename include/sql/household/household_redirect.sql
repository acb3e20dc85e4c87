-- Where a household id leads that no household bears today: to the household that bears the id it led to, else to the one
-- in which most of the families stand that bore that id the day before; on a tie to the lowest id.
-- Grain: one id. An id whose families are all gone, or that is borne again, leads nowhere.
with heir as (
    select previous.household_id, today.household_id as leads_to
    from previous_household_key as previous
    inner join household_key as today on previous.household_key = today.household_key
    group by previous.household_id, today.household_id
    qualify row_number() over (
        partition by previous.household_id order by count(*) desc, today.household_id
    ) = 1
),
gone as (
    select household_id, household_id as last_id from previous_household_key
    union
    select household_id, leads_to from previous_household_redirect
)
select gone.household_id, coalesce(alive.household_id, heir.leads_to) as leads_to
from gone
left join household as alive on gone.last_id = alive.household_id
left join heir on gone.last_id = heir.household_id
where gone.household_id not in (select household_id from household)
    and coalesce(alive.household_id, heir.leads_to) is not null
order by gone.household_id
