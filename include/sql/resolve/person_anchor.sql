-- By what tomorrow recognises today's persons; anchors that were not seen today are kept.
-- Grain: one anchor. own_id: the id that the anchor was given first, unless that id went to another cluster; a merge
-- never changes it, so that undoing the merge gives every id back. own_since: the first data date of own_id.
-- person_id: the person in which the anchor stands.
with home as (
    select owned_id.own_id, owned_id.cluster_key, person.person_id
    from owned_id
    inner join cluster_person as person on owned_id.cluster_key = person.cluster_key
),
today as (
    select
        today.anchor, person.person_id, previous.own_since,
        case when home.cluster_key = today.cluster_key then previous.own_id end as own_id
    from anchor_today as today
    inner join cluster_person as person on today.cluster_key = person.cluster_key
    left join previous_person_anchor as previous on today.anchor = previous.anchor
    left join home on previous.own_id = home.own_id
)
select
    today.anchor, coalesce(today.own_id, today.person_id) as own_id,
    case when today.own_id is null then run.data_date else today.own_since end as own_since, today.person_id
from today
cross join run
union all
select previous.anchor, previous.own_id, previous.own_since, coalesce(home.person_id, previous.person_id)
from previous_person_anchor as previous
left join home on previous.own_id = home.own_id
where previous.anchor not in (select anchor from anchor_today)
order by anchor
