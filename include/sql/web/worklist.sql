-- One page of the items of work, most urgent first: overdue, then help before recovery. Grain: one item.
-- A question that is null is not asked; number is part of a household's number, or the end of an ID or phone as masked.
-- total counts all items that match. Only the page's rows are read whole.
with asked as (
    select item.item_id, item.district, item.due_date, item.is_help
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
            or item.item_id = ask.number
            or length(ask.number) >= 4 and (item.id_no like '%' || upper(ask.number) or item.phone like '%' || ask.number))
),
counted as (
    select count(*) as total from asked
),
page as (
    select item_id, district
    from asked
    order by due_date, is_help desc, item_id, district
    limit (select last_place - first_place + 1 from ask)
    offset (select first_place - 1 from ask)
)
select
    item.item_id, item.district, item.township, item.rules, item.flags, item.flag_ids, item.state, item.certainty,
    item.is_help, item.first_seen, item.due_date, item.household_key, item.name, item.id_no, item.phone, item.address,
    counted.total
from page
inner join item on page.item_id = item.item_id and page.district = item.district
cross join counted
order by item.due_date, item.is_help desc, item.item_id, item.district
