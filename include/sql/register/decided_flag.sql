-- What is decided of every flag of the day. An outcome opens it, keeps it, moves it to the id that its subject has since a
-- merge, holds it or closes it. An open flag that no outcome meets ended: its subject left every source by their own
-- word, or an older one of its rule and subject lives on (standing_flag). What is possible opens a flag where the family
-- gains by it; what is held neither opens nor ends one; most outcomes do nothing.
-- Grain: one flag. Null in close_reason: it did not close; in household_id, district: not known; in person_id: of a household.
with episode as (
    select past.*, coalesce(past.person_id, past.household_id) as stood_at, standing.stands_for, standing.heir
    from open_flag as past
    inner join standing_flag as standing on past.flag_id = standing.flag_id
),
said as (
    select
        rule_id, rule_version, direction, subject, household_id, outcome, is_held, district, false_criterion,
        case when subject = 'person' then person_id end as person_id,
        case when subject = 'person' then person_id else household_id end as subject_id
    from outcome
),
met as (
    select said.*, living.flag_id, living.first_seen, living.certainty, living.stood_at
    from said
    left join (select * from episode where flag_id = heir) as living
        on said.rule_id = living.rule_id and said.subject_id = living.stands_for
    where
        living.flag_id is not null
        or (said.outcome = 'certain' or (said.outcome = 'possible' and said.direction <> 'B')) and not said.is_held
),
judged as (
    select
        * exclude (certainty),
        certainty as certainty_before,
        case when is_held then certainty when outcome = 'false' then 'certain' else outcome end as certainty
    from met
),
ended as (
    select *, case when flag_id = heir then stands_for else stood_at end as ended_at
    from episode
    where flag_id not in (select flag_id from met where flag_id is not null)
)
select
    coalesce(flag_id, 'F' || substr(sha256(concat_ws('|', rule_id, subject_id, run.data_date)), 1, 16)) as flag_id,
    rule_id, subject_id, rule_version, direction, subject, household_id, person_id, district, certainty,
    case
        when flag_id is null then 'new'
        when is_held then 'held'
        when outcome = 'false' then 'closed'
        else 'open'
    end as state,
    case
        when flag_id is null then 'opened'
        when is_held then 'held'
        when outcome = 'false' then 'closed'
        when subject_id <> stood_at then 'moved'
        when certainty <> certainty_before then 'certainty'
        else 'kept'
    end as event,
    coalesce(first_seen, run.data_date) as first_seen,
    case when not is_held and outcome = 'false' then 'false: ' || false_criterion end as close_reason,
    true as has_outcome
from judged
cross join run
union all
select
    flag_id, rule_id, ended_at as subject_id, rule_version, direction,
    case when person_id is null then 'household' else 'person' end as subject, household_id,
    case when person_id is not null then ended_at end as person_id, district, 'certain', 'closed', 'closed', first_seen,
    case when flag_id = heir then 'subject_left_sources' else 'merged: ' || heir end as close_reason, false
from ended
order by flag_id
