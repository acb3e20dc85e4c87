-- Flags that would come, go, change their certainty, or stand with another subject or on another district's list.
-- Grain: flag. Null in *_before or *_after: the flag would not be of the day. closed_because tells why it would close.
select
    coalesce(before.flag_id, after.flag_id) as flag_id, coalesce(before.rule_id, after.rule_id) as rule_id,
    coalesce(before.person_id, before.household_id) as subject_before,
    coalesce(after.person_id, after.household_id) as subject_after,
    before.state as state_before, after.state as state_after,
    before.certainty as certainty_before, after.certainty as certainty_after,
    before.district as list_before, after.district as list_after, after.close_reason as closed_because
from flag as before
full join flag_after as after on before.flag_id = after.flag_id
where coalesce(before.person_id, before.household_id) is distinct from coalesce(after.person_id, after.household_id)
    or before.state is distinct from after.state
    or before.certainty is distinct from after.certainty
    or before.district is distinct from after.district
order by 1
