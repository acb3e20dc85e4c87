-- Households with A01, A02 or A03 open today: raised, or open before and neither false nor free to close.
-- Grain: household that one of the three rules answered.
select
    outcome.household_id as subject_id,
    bool_or(case
        when open_flag.flag_id is not null then outcome.outcome <> 'false' or outcome.is_held
        else outcome.outcome in ('certain', 'possible') and not outcome.is_held
    end) as is_open
from earlier_outcome as outcome
left join open_flag on outcome.rule_id = open_flag.rule_id and outcome.household_id = open_flag.subject_id
where outcome.rule_id in ('A01', 'A02', 'A03')
group by outcome.household_id
