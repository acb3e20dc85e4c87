-- Which items nobody answered, of those that a flag's open criteria read: what the departments still owe it.
-- Grain: one open flag that is possible; none where all its open criteria read was answered. items: item codes joined by
-- '|', of a household each with the number of its counted members (A04:2).
-- Answered is what the winner said for the person, HIT or NONE; beside an ERROR it is not, unless the ERROR is of income
-- outside the window, or a hit that a caseworker found wrong. Whom no row in force names has answered nothing.
with topic as (
    select * from (values
        ('income_below_standard', 'income'), ('income_above_standard', 'income'), ('income_from_standard', 'income'),
        ('income_up_to_borderline', 'income'), ('income_below_disposable', 'income'), ('rigid_expense_share', 'income'),
        ('property_within_limit', 'assets'), ('assets_over_limit', 'assets'),
        ('property_within_limit', 'dwellings'), ('dwellings_over_limit', 'dwellings'),
        ('property_within_limit', 'vehicles'), ('vehicles_over_limit', 'vehicles'),
        ('property_within_limit', 'business'), ('business_with_capital', 'business'),
        ('single_person_case', 'wages'), ('single_person_case', 'employment'), ('employment_ended', 'employment'),
        ('dead', 'death'), ('in_custody', 'custody')
    ) as topic (criterion, topic)
),
item as (
    select * from (values
        ('income', 'I01'), ('income', 'I02'), ('income', 'I03'), ('income', 'I04'), ('income', 'I05'), ('income', 'I06'),
        ('income', 'I07'), ('assets', 'A01'), ('assets', 'A02'), ('assets', 'A07'), ('dwellings', 'A03'),
        ('vehicles', 'A04'), ('business', 'A05'), ('wages', 'I01'), ('employment', 'S05'), ('death', 'S01'),
        ('death', 'S03'), ('custody', 'S02')
    ) as item (topic, item_code)
),
open_flag as (
    select *, case when subject = 'person' then person_id else household_id end as subject_id
    from flag_day
    where certainty = 'possible' and state <> 'closed'
),
read_item as (
    select distinct flag.flag_id, flag.subject, flag.subject_id, item.item_code
    from open_flag as flag
    inner join criterion as judged on flag.rule_id = judged.rule_id and flag.subject_id = judged.subject_id
    inner join topic on judged.criterion = topic.criterion
    inner join item on topic.topic = item.topic
    where judged.outcome is null and judged.is_told
),
read_fact as (
    select flag_id, subject, item_code, subject_id as person_id from read_item where subject = 'person'
    union all
    select read_item.flag_id, read_item.subject, read_item.item_code, member.person_id
    from read_item
    inner join household_member as member on read_item.subject_id = member.household_id
    where read_item.subject <> 'person' and member.is_counted
),
answered as (
    select fact.person_id, fact.item_code
    from winning_fact as fact
    cross join run
    where fact.person_id in (select person_id from read_fact)
    group by fact.person_id, fact.item_code
    having not bool_or(
        fact.status = 'ERROR'
        and not coalesce(fact.is_corrected, false)
        and not coalesce(
            fact.item_code in ('I01', 'I02', 'I03', 'I04', 'I05', 'I06', 'I07')
            and fact.period_from <= fact.period_to
            and (fact.period_to < strftime(run.data_date - interval 12 month, '%Y%m') or fact.period_from >= run.month),
            false)
    )
),
owed as (
    select flag_id, subject, item_code, count(distinct person_id) as persons
    from read_fact
    where not exists (
        select 1 from answered
        where answered.person_id = read_fact.person_id and answered.item_code = read_fact.item_code)
    group by flag_id, subject, item_code
)
select
    flag_id,
    string_agg(case when subject = 'person' then item_code else item_code || ':' || persons end, '|' order by item_code)
        as items
from owed
group by flag_id
order by flag_id
