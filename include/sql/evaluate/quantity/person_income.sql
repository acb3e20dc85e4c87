-- Income of a person over the window, all items together, as [low, high] in parts of a fen.
-- Grain: person whom somebody answered about. is_open: some item has no upper bound or was not answered by anybody.
-- Null in wages: nobody answered about wages.
select
    person_id,
    cast(sum(known_parts) as decimal(38, 0)) as known_parts,
    cast(sum(carried_parts) as decimal(38, 0)) as carried_parts,
    bool_or(is_open) or count(*) < 7 as is_open,
    bool_or(carried_parts > 0) as has_carried_month,
    max(known_parts) filter (where item_code = 'I01') as known_wage_parts,
    max(carried_parts) filter (where item_code = 'I01') as carried_wage_parts,
    coalesce(bool_or(is_open) filter (where item_code = 'I01'), true) as is_wage_open
from income_item
group by person_id
order by person_id
