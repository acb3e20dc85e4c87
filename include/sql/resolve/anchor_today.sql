-- What was known of today's anchors the day before, and in which cluster they stand; also what was not seen today.
-- Grain: one anchor; record keys that were never seen before are left out, for nothing is known of them. place: what a table
-- of anchors is sorted by, for numbers sort faster than anchors. Null in cluster_no and place: not seen today; in own_id,
-- own_since, person_id: never seen before.
with standing as (
    select
        anchor.anchor, anchor.record_no, anchor.is_keyed,
        coalesce(anchor.record_no, anchor.id_number)
            + case when starts_with(anchor.anchor, 'seat:') then 500000000000000000 else 0 end as place,
        coalesce(own.cluster_no, joined.cluster_no, anchor.id_number) as cluster_no
    from anchor
    left join (select * from cluster where record_no is not null) as own on anchor.record_no = own.record_no
    left join (select * from cluster where id_number is not null) as joined on anchor.id_number = joined.id_number
)
select
    coalesce(standing.anchor, previous.anchor) as anchor, standing.record_no, standing.place, standing.cluster_no,
    coalesce(standing.is_keyed, false) as is_keyed, previous.own_id, previous.own_since, previous.person_id
from standing
full join previous_anchor as previous on standing.anchor = previous.anchor
where previous.anchor is not null or not standing.is_keyed
