-- The person id of each cluster. Of the ids that it owns the oldest lives on; a cluster without one gets a new id, a keyed
-- digest of its lowest ID or anchor, so that the id tells nothing and does not depend on what else is loaded.
-- Grain: one cluster.
with owned as (
    select today.cluster_no, today.own_id, today.own_since
    from anchor_today as today
    left join lost_id as lost on today.own_id = lost.own_id and today.cluster_no = lost.cluster_no
    where today.cluster_no is not null and today.own_id is not null and lost.own_id is null
),
kept as (
    select cluster_no, min_by(own_id, cast(own_since as varchar) || own_id) as person_id from owned group by cluster_no
),
unnamed as (
    select cluster_no, anchor, record_no is null as is_id
    from anchor_today
    where cluster_no is not null and cluster_no not in (select cluster_no from kept)
    union all
    select cluster.cluster_no, own_node.record_key, false
    from cluster
    inner join own_node on cluster.record_no = own_node.record_no
    where own_node.is_keyed and cluster.cluster_no not in (select cluster_no from kept)
),
lowest_id as (
    select cluster_no, min(substr(anchor, 4)) as seed from unnamed where is_id group by cluster_no
),
fresh as (
    select cluster_no, seed from lowest_id
    union all
    select cluster_no, min(anchor)
    from unnamed
    where cluster_no not in (select cluster_no from lowest_id)
    group by cluster_no
),
minted as (
    select
        fresh.cluster_no, fresh.seed, run.identity_key, run.data_date,
        'P' || substr(sha256(run.identity_key || ':' || fresh.seed), 1, 16) as person_id
    from fresh
    cross join run
),
taken as (
    select distinct own_id from previous_anchor where own_id in (select person_id from minted)
)
select cluster_no, person_id from kept
union all
select
    minted.cluster_no,
    case when taken.own_id is null then minted.person_id
        else 'P' || substr(sha256(minted.identity_key || ':' || minted.seed || ':' || minted.data_date), 1, 16)
    end
from minted
left join taken on minted.person_id = taken.own_id
