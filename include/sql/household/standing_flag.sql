-- Where each open flag stands today, a view: the id to which its subject leads (stands_for), and which flag lives on for it
-- (heir): where two of a rule meet in one subject after a merge the older, else itself. Grain: open flag.
select
    flag.flag_id, coalesce(redirect.leads_to, flag.subject_id) as stands_for,
    first_value(flag.flag_id) over (
        partition by flag.rule_id, coalesce(redirect.leads_to, flag.subject_id) order by flag.first_seen, flag.flag_id
    ) as heir
from open_flag as flag
left join redirect on flag.subject_id = redirect.subject_id
