-- The person in which each anchor of anchor_today stands, a view. own_id: the id that the anchor was given first, unless that id
-- went to another cluster. An anchor that was not seen today stands where its own id lives on.
-- Grain: one anchor. was_person_id: the person in which it stood before, null when it is new. place: what a table of
-- anchors is sorted by, those of today first, seats after others; IDs' numbers have 17 digits.
with seen as (
    select
        today.anchor, today.place, today.record_no, today.is_keyed, person.person_id, today.person_id as was_person_id,
        today.own_since,
        case when lost.own_id is null then today.own_id end as own_id
    from anchor_today as today
    inner join cluster_person as person on today.cluster_no = person.cluster_no
    left join lost_id as lost on today.own_id = lost.own_id and today.cluster_no = lost.cluster_no
),
gone as (
    select * from anchor_today where cluster_no is null
),
home as (
    select distinct today.own_id, person.person_id
    from anchor_today as today
    inner join (select distinct own_id from gone) as wanted on today.own_id = wanted.own_id
    inner join cluster_person as person on today.cluster_no = person.cluster_no
    left join lost_id as lost on today.own_id = lost.own_id and today.cluster_no = lost.cluster_no
    where lost.own_id is null
)
select
    seen.anchor, seen.place, seen.record_no, seen.is_keyed, coalesce(seen.own_id, seen.person_id) as own_id,
    case when seen.own_id is null then run.data_date else seen.own_since end as own_since,
    seen.person_id, seen.was_person_id
from seen
cross join run
union all
select
    gone.anchor, 1000000000000000000 + row_number() over (order by gone.anchor), null, false, gone.own_id, gone.own_since,
    coalesce(home.person_id, gone.person_id), gone.person_id
from gone
left join home on gone.own_id = home.own_id
