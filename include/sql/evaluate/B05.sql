-- B05: a household covered by DB or BY whose counted members together own at least 2 of: dwellings.
-- Grain: one covered household. A HIT without quantity is at least one; an item nobody answered is [0, infinity);
-- null in observed_high is infinity. Nobody counted: unknown.
with bound as (
    select
        person_id,
        sum(case when status = 'HIT' then coalesce(quantity, 1) else 0 end) as low,
        bool_or(status = 'ERROR' or (status = 'HIT' and quantity is null)) as is_open,
        string_agg(distinct record_key, '|' order by record_key) as evidence
    from winning_fact
    where item_code = 'A03'
    group by person_id
),
counted as (
    select
        member.household_id,
        sum(coalesce(bound.low, 0)) as low,
        bool_or(coalesce(bound.is_open, true)) as is_open,
        string_agg(bound.evidence, '|' order by bound.evidence) as evidence
    from household_member as member
    left join bound on member.person_id = bound.person_id
    where member.is_counted
    group by member.household_id
)
select
    subject.household_id, cast(null as varchar) as person_id, subject.district,
    case
        when counted.household_id is null then 'unknown'
        when counted.low >= 2 then 'certain'
        when counted.is_open then 'possible' else 'false'
    end as outcome,
    subject.is_check_stale or subject.is_roster_stale as is_held,
    cast(counted.low as decimal(38, 8)) as observed_low,
    case when not counted.is_open then cast(counted.low as decimal(38, 8)) end as observed_high,
    concat_ws('|', subject.coverage_evidence, counted.evidence) as evidence
from household_subject as subject
left join counted on subject.household_id = counted.household_id
where subject.is_covered_db_by
order by subject.household_id
