-- Who stands in an item's household, or the person who is the item. Grain: item, district and person.
-- Names, IDs and phones are raw here and are masked before they are written. systems: which sources know the person.
-- age: completed years on the data date; a birth date beside a masked ID would be the rest of the ID.
-- is_child: under 14 on the data date, of whom less is shown: no ID, no phone.
-- Null in is_dead, is_in_custody: nobody answered. Null in relation, age: no source gives it.
with shown as (
    select distinct item_id, district, household_id, case when household_id is null then person_id end as person_id
    from flag
),
standing as (
    select shown.item_id, shown.district, member.person_id, member.record_key, member.role, member.is_counted
    from shown
    inner join household_member as member on shown.household_id = member.household_id
    union all
    select item_id, district, person_id, null, 'alone', false from shown where person_id is not null
),
aged as (
    select
        person.person_id, coalesce(person.birth_date > run.data_date - interval 14 year, false) as is_child,
        cast(extract(year from run.data_date) - extract(year from person.birth_date)
            - case when strftime(person.birth_date, '%m%d') > strftime(run.data_date, '%m%d') then 1 else 0 end as bigint)
            as age
    from person
    cross join run
),
known as (
    select link.person_id, string_agg(distinct link.source, '|' order by link.source) as systems
    from person_link as link
    inner join standing on link.person_id = standing.person_id
    group by link.person_id
)
select
    standing.item_id, standing.district, standing.person_id, person.name,
    case when not aged.is_child then person.id_no end as id_no, person.sex, aged.age, record.relation,
    case when not aged.is_child then record.phone end as phone, aged.is_child, standing.role, standing.is_counted,
    known.systems, status.is_dead,
    status.is_in_custody, household.head_person_id is not distinct from standing.person_id as is_head
from standing
inner join person on standing.person_id = person.person_id
inner join aged on standing.person_id = aged.person_id
left join current_record as record on standing.record_key = record.record_key
left join known on standing.person_id = known.person_id
left join person_status as status on standing.person_id = status.person_id
left join household on standing.item_id = household.household_id
order by standing.district, standing.item_id, is_head desc, aged.age desc nulls last, standing.person_id
