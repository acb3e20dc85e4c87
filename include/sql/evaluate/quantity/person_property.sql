-- Property of a person from the winning systems: vehicles, dwellings, financial assets, registered businesses.
-- Grain: person whom somebody answered about. A HIT without quantity is [1, infinity), without amount [0, infinity).
-- Null in a low bound: nobody answered about it, [0, infinity). is_…_open: no upper bound. has_business null: cannot
-- be excluded.
with item as (
    select
        person_id, item_code,
        sum(case when status = 'HIT' then coalesce(quantity, 1) else 0 end) as quantity,
        sum(case when status = 'HIT' then coalesce(amount_fen, 0) else 0 end) as amount_fen,
        bool_or(status = 'ERROR' or (status = 'HIT' and quantity is null)) as is_quantity_open,
        bool_or(status = 'ERROR' or (status = 'HIT' and amount_fen is null)) as is_amount_open,
        case
            when bool_or(status = 'HIT' and coalesce(quantity, 1) >= 1 and amount_fen > 0) then true
            when bool_or(status = 'ERROR' or (status = 'HIT' and coalesce(quantity, 1) >= 1 and amount_fen is null))
                then null
            else false
        end as has_business,
        string_agg(distinct record_key, '|' order by record_key) as evidence
    from winning_fact
    where item_code in ('A01', 'A02', 'A03', 'A04', 'A05', 'A07')
    group by person_id, item_code
)
select
    person_id,
    max(quantity) filter (where item_code = 'A04') as vehicles,
    coalesce(bool_or(is_quantity_open) filter (where item_code = 'A04'), true) as is_vehicles_open,
    any_value(evidence) filter (where item_code = 'A04') as vehicle_evidence,
    max(quantity) filter (where item_code = 'A03') as dwellings,
    coalesce(bool_or(is_quantity_open) filter (where item_code = 'A03'), true) as is_dwellings_open,
    any_value(evidence) filter (where item_code = 'A03') as dwelling_evidence,
    sum(amount_fen) filter (where item_code in ('A01', 'A02', 'A07')) as assets_fen,
    bool_or(is_amount_open) filter (where item_code in ('A01', 'A02', 'A07'))
        or count(*) filter (where item_code in ('A01', 'A02', 'A07')) < 3 as is_assets_open,
    string_agg(evidence, '|' order by item_code) filter (where item_code in ('A01', 'A02', 'A07')) as asset_evidence,
    bool_or(has_business) filter (where item_code = 'A05') as has_business,
    coalesce(bool_or(has_business is null) filter (where item_code = 'A05'), true) as is_business_open,
    any_value(evidence) filter (where item_code = 'A05') as business_evidence
from item
group by person_id
order by person_id
