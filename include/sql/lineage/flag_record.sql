-- Source records behind the flags of a run: every record of the flag's people, every system's number of its household,
-- and what its answer follows from. Grain: one record and flag. Null in district: unknown or outside Jinan.
-- is_evidence: the answer names the record.
with flag_person as (
    select flag_id, person_id from flag_day where subject = 'person'
    union all
    select flag.flag_id, member.person_id
    from flag_day as flag
    inner join household_member as member on flag.household_id = member.household_id
    where flag.subject = 'household'
),
behind as (
    select person.flag_id, link.record_key, false as is_evidence
    from flag_person as person
    inner join person_link as link on person.person_id = link.person_id
    union all
    select flag.flag_id, known.household_key, false
    from flag_day as flag
    inner join household_key as known on flag.household_id = known.household_id
    where flag.subject = 'household'
    union all
    select flag_id, unnest(string_split(evidence, '|')), true from flag_day
)
select
    behind.record_key, behind.flag_id, run.data_date, run.run_id, flag.rule_id, flag.district, flag.state,
    bool_or(behind.is_evidence) as is_evidence
from behind
inner join flag_day as flag on behind.flag_id = flag.flag_id
cross join run
where behind.record_key <> ''
group by all
order by behind.record_key, behind.flag_id
