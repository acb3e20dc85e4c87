-- The person id of each cluster. Of the ids that it owns the oldest lives on; a cluster without one gets a new id, a keyed
-- digest of its lowest ID or anchor, so that the id tells nothing and does not depend on what else is loaded.
-- Grain: one cluster.
with kept as (
    select cluster_key, own_id, row_number() over (partition by cluster_key order by own_since, own_id) as age_place
    from owned_id
),
fresh as (
    select today.cluster_key, min((case when starts_with(today.anchor, 'id:') then '0' else '1' end) || today.seed) as seed
    from anchor_today as today
    left join kept on today.cluster_key = kept.cluster_key
    where kept.cluster_key is null
    group by today.cluster_key
),
minted as (
    select
        fresh.cluster_key, substr(fresh.seed, 2) as seed, run.identity_key, run.data_date,
        'P' || substr(sha256(run.identity_key || ':' || substr(fresh.seed, 2)), 1, 16) as person_id
    from fresh
    cross join run
)
select cluster_key, own_id as person_id from kept where age_place = 1
union all
select
    cluster_key,
    case when person_id in (select own_id from previous_person_anchor)
        then 'P' || substr(sha256(identity_key || ':' || seed || ':' || data_date), 1, 16)
        else person_id
    end as person_id
from minted
