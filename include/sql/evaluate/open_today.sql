-- The flags open before the day, each under the id to which its subject leads today. Where two of a rule meet in one
-- subject after a merge the older lives on, as in the register.
-- Grain: rule and subject.
select
    flag.flag_id, flag.rule_id, coalesce(redirect.leads_to, flag.subject_id) as subject_id, flag.certainty,
    flag.first_seen
from open_flag as flag
left join redirect on flag.subject_id = redirect.subject_id
qualify row_number() over (
    partition by flag.rule_id, coalesce(redirect.leads_to, flag.subject_id) order by flag.first_seen, flag.flag_id
) = 1
order by flag.flag_id
