-- Property of a person from the winning systems: vehicles, dwellings, financial assets, registered businesses.
-- Grain: person whom somebody answered about. A HIT without quantity is [1, infinity), without amount [0, infinity).
-- Null in a low bound: nobody answered about it, [0, infinity). is_…_open: no upper bound. has_business null: cannot
-- be excluded.
with answer as (
    select
        person_id, item_code, item_code in ('A01', 'A02', 'A07') as is_asset,
        case when status = 'HIT' then coalesce(quantity, 1) else 0 end as quantity,
        case when status = 'HIT' then coalesce(amount_fen, 0) else 0 end as amount_fen,
        status = 'ERROR' or (status = 'HIT' and quantity is null) as is_quantity_open,
        status = 'ERROR' or (status = 'HIT' and amount_fen is null) as is_amount_open,
        status = 'HIT' and coalesce(quantity, 1) >= 1 and amount_fen > 0 as is_business,
        status = 'ERROR' or (status = 'HIT' and coalesce(quantity, 1) >= 1 and amount_fen is null) as may_be_business
    from winning_fact
    where item_code in ('A01', 'A02', 'A03', 'A04', 'A05', 'A07')
),
person as (
    select
        person_id,
        sum(quantity) filter (where item_code = 'A04') as vehicles,
        coalesce(bool_or(is_quantity_open) filter (where item_code = 'A04'), true) as is_vehicles_open,
        sum(quantity) filter (where item_code = 'A03') as dwellings,
        coalesce(bool_or(is_quantity_open) filter (where item_code = 'A03'), true) as is_dwellings_open,
        cast(sum(amount_fen) filter (where is_asset) as bigint) as assets_fen,
        bool_or(is_amount_open and is_asset)
            or not (bool_or(item_code = 'A01') and bool_or(item_code = 'A02') and bool_or(item_code = 'A07')) as is_assets_open,
        bool_or(is_business) filter (where item_code = 'A05') as is_business,
        coalesce(bool_or(may_be_business) filter (where item_code = 'A05'), true) as may_be_business
    from answer
    group by person_id
)
select
    person_id, vehicles, is_vehicles_open, dwellings, is_dwellings_open, assets_fen, is_assets_open,
    case when is_business then true when not may_be_business then false end as has_business,
    may_be_business and is_business is not true as is_business_open
from person
order by person_id
