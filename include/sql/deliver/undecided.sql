-- What no rule decided on the day, and why: a rule that cannot be told, or that waits for a stale source; who lives outside
-- Jinan or nobody knows where, so that nothing is evaluated; whose consent to be checked has lapsed and is to be renewed.
-- Grain: reason, rule and subject. Null in rule_id: every rule; in person_id: a household; in household_id: of none.
with flagged as (
    select rule_id, coalesce(person_id, household_id) as subject_id from flag_day where state <> 'closed'
)
select
    case when outcome.is_held then 'held' else 'cannot_tell' end as why, outcome.rule_id, outcome.household_id,
    outcome.person_id, outcome.district
from outcome
left join flagged
    on outcome.rule_id = flagged.rule_id
    and case when outcome.subject = 'person' then outcome.person_id else outcome.household_id end = flagged.subject_id
where (outcome.outcome = 'unknown' and not outcome.is_held)
    or (outcome.outcome <> 'false' and outcome.is_held and flagged.rule_id is null)
union all
select 'no_district', null, household_id, null, null
from household
where district is null
union all
select 'no_district', null, null, person.person_id, null
from person
left join person_area as area on person.person_id = area.person_id
where area.district is null and person.person_id not in (select person_id from household_member)
union all
select 'consent_lapsed', null, household.household_id, null, household.district
from household
inner join "authorization" as consent on household.household_id = consent.household_id
cross join run
where consent.newest_authorization < run.data_date
order by all
