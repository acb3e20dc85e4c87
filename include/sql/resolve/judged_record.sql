-- Current records about which people have decided, found by their anchor: the record key where the source keeps it,
-- else a keyed digest of the content (so that the register holds no personal data; rows of one content are judged alike).
-- Grain: record and anchor.
with side as (
    select left_anchor as anchor from judgement union select right_anchor from judgement
),
source as (
    select distinct split_part(anchor, ':', 1) as source from side
),
anchored as (
    select
        identity.record_key,
        case
            when identity.source in ('province_check', 'rural_revitalization', 'disabled_federation')
                then identity.source || ':' || substr(sha256(run.identity_key || ':' || concat_ws(
                    '|', identity.household_key, record.id_raw, identity.name, identity.birth_date)), 1, 24)
            else identity.record_key
        end as anchor
    from identity
    inner join current_record as record on identity.record_key = record.record_key
    cross join run
    where identity.source in (select source from source)
)
select anchored.record_key, anchored.anchor
from anchored
inner join side on anchored.anchor = side.anchor
order by anchored.record_key
