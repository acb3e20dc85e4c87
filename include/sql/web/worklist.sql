-- One page of the items of work, most urgent first: overdue, then help before recovery. Grain: one item.
-- A question that is null is not asked. total counts all items that match.
with asked as (
    select item.*
    from item
    cross join ask
    where (ask.district is null or item.district = ask.district)
        and (ask.township is null or item.township = ask.township)
        and (ask.certainty is null or item.certainty = ask.certainty)
        and (ask.state is null or item.state = ask.state)
        and (ask.rule is null or '|' || item.rules || '|' like '%|' || ask.rule || '|%')
        and (ask.due_from is null or item.due_date >= cast(ask.due_from as date))
        and (ask.due_to is null or item.due_date <= cast(ask.due_to as date))
        and (ask.number is null or upper(item.household_key) like '%' || upper(ask.number) || '%'
            or item.item_id = ask.number)
),
placed as (
    select
        *, row_number() over (order by due_date, is_help desc, item_id, district) as place, count(*) over () as total
    from asked
)
select
    placed.item_id, placed.district, placed.township, placed.rules, placed.flags, placed.state, placed.certainty,
    placed.is_help, placed.first_seen, placed.due_date, placed.household_key, placed.name, placed.id_no, placed.phone,
    placed.address, placed.place, placed.total
from placed
cross join ask
where placed.place between ask.first_place and ask.last_place
order by placed.place
