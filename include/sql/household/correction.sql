-- The facts that caseworkers found wrong: what the day before held, and what was answered since then.
-- Grain: one answer (flag and visit) and one value of a person's item in one source, as the source gave it: record_key
-- and as_of are its newest. The value is amount and quantity; a later check date, another report or a shifted period
-- that repeats it is the same statement. Null in ended_on: in force; else the first day on which it no longer holds,
-- because the source said something else of the item, the time is over, or the flag was answered anew. It stays ended.
-- person_id is whom it was written of and never changes: while that person is another's, it holds for the other.
with disputed as (
    select
        answer.flag_id, answer.visited_on, flag.rule_id, coalesce(redirect.leads_to, flag.subject_id) as subject_id,
        cast(answer.visited_on + to_months(cast(finding.correction_months as int)) as date) as expires_on
    from answer
    inner join correcting_finding as finding on answer.finding = finding.finding
    inner join open_flag as flag on answer.flag_id = flag.flag_id
    left join redirect on flag.subject_id = redirect.subject_id
    where not exists (
        select 1 from previous_disposition as before
        where before.flag_id = answer.flag_id and before.finding = answer.finding
            and before.visited_on = answer.visited_on
    )
    and not exists (
        select 1 from previous_correction as before
        where before.flag_id = answer.flag_id and before.visited_on = answer.visited_on
    )
),
asked as (
    select flag_id, subject_id as person_id from disputed
    union
    select disputed.flag_id, member.person_id
    from disputed
    inner join previous_household_member as member on disputed.subject_id = member.household_id
    where member.is_counted
),
added as (
    select
        disputed.flag_id, disputed.rule_id, disputed.visited_on, fact.person_id, fact.source,
        max(fact.record_key) as record_key, fact.item_code, fact.amount_fen, fact.quantity, max(fact.as_of) as as_of,
        disputed.expires_on, cast(null as date) as ended_on
    from disputed
    inner join asked on disputed.flag_id = asked.flag_id
    inner join rule_item on disputed.rule_id = rule_item.rule_id
    inner join previous_winning_fact as fact
        on asked.person_id = fact.person_id and rule_item.item_code = fact.item_code
    where fact.status = 'HIT' or fact.is_corrected
    group by all
),
known as (
    select * from previous_correction
    union all by name
    select * from added
),
said as (
    select
        known.flag_id, known.visited_on, known.person_id, known.source, known.item_code, known.amount_fen, known.quantity,
        bool_or(fact.status <> 'NONE' and fact.amount_fen is not distinct from known.amount_fen
            and fact.quantity is not distinct from known.quantity) as is_repeated
    from known
    left join redirect on known.person_id = redirect.subject_id
    inner join previous_winning_fact as fact
        on coalesce(redirect.leads_to, known.person_id) = fact.person_id
        and known.source = fact.source and known.item_code = fact.item_code
    where fact.status in ('HIT', 'NONE') or fact.is_corrected
    group by all
)
select
    known.flag_id, known.rule_id, known.visited_on, known.person_id, known.source, known.record_key, known.item_code,
    known.amount_fen, known.quantity, known.as_of, known.expires_on,
    coalesce(
        known.ended_on,
        case
            when known.expires_on < run.data_date or answer.flag_id is null or said.is_repeated is false
                then run.data_date
        end
    ) as ended_on
from known
cross join run
left join said
    on known.flag_id = said.flag_id and known.visited_on = said.visited_on and known.person_id = said.person_id
    and known.source = said.source and known.item_code = said.item_code
    and known.amount_fen is not distinct from said.amount_fen
    and known.quantity is not distinct from said.quantity
left join answer
    on known.flag_id = answer.flag_id and known.visited_on = answer.visited_on
    and answer.finding in (select finding from correcting_finding)
order by all
