-- Whether A04 or A09 holds for a member of the household. Grain: household with a member for whom it may.
-- Null in outcome: it may hold, or cannot be told (is_told false).
select
    member.household_id,
    case when bool_or(outcome.outcome = 'certain') then true end as outcome,
    bool_or(outcome.outcome = 'possible') as is_told,
    string_agg(nullif(outcome.evidence, ''), '|' order by outcome.rule_id, outcome.person_id) as evidence,
    string_agg(distinct outcome.rule_id, '|' order by outcome.rule_id) filter (where outcome.outcome = 'certain') as limbs
from earlier_outcome as outcome
inner join household_member as member on outcome.person_id = member.person_id
where outcome.rule_id in ('A04', 'A09') and member.role = 'member'
    and outcome.outcome in ('certain', 'possible', 'unknown')
group by member.household_id
