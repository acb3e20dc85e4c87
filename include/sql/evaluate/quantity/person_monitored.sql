-- Persons named in a rural family whose risk of relapse is not removed.
-- Grain: person whom the rural file names. Null in is_monitored: the file does not say whether the risk is removed.
with family as (
    select
        household_key,
        case
            when bool_or(risk_removed is false) then true
            when bool_or(risk_removed is null) then null
            else false
        end as is_monitored
    from monitored_household
    group by household_key
)
select
    link.person_id,
    case
        when bool_or(family.is_monitored) then true
        when bool_or(family.is_monitored is null) then null
        else false
    end as is_monitored,
    string_agg(rural.record_key, '|' order by rural.record_key) as evidence
from monitored_household as rural
inner join family on rural.household_key = family.household_key
inner join person_link as link on rural.record_key = link.record_key
group by link.person_id
order by link.person_id
