-- Person ids that several clusters claim by their anchors, with the clusters that lose them. An id stays with the cluster
-- whose anchor made it, else that bears an ID, else the most anchors, else the lowest.
-- Grain: one earlier person id and a cluster that claims but does not own it.
with rival as (
    select own_id from anchor_today
    where cluster_no is not null and own_id is not null
    group by own_id
    having min(cluster_no) <> max(cluster_no)
),
claimed as (
    select anchor_today.*
    from anchor_today
    inner join rival on anchor_today.own_id = rival.own_id
    where anchor_today.cluster_no is not null
),
claim as (
    select
        cluster_no, own_id, count(*) as anchors, bool_or(starts_with(anchor, 'id:')) as has_id,
        min(anchor) as lowest_anchor
    from claimed
    group by cluster_no, own_id
),
maker as (
    select distinct claim.cluster_no, claim.own_id
    from claim
    inner join anchor_today as today on claim.cluster_no = today.cluster_no
    cross join run
    where claim.own_id = 'P' || substr(sha256(run.identity_key || ':' || case when starts_with(today.anchor, 'id:')
        then substr(today.anchor, 4) else today.anchor end), 1, 16)
),
placed as (
    select
        claim.own_id, claim.cluster_no,
        row_number() over (
            partition by claim.own_id
            order by maker.own_id is null, claim.has_id desc, claim.anchors desc, claim.lowest_anchor
        ) as owner_place
    from claim
    left join maker on claim.cluster_no = maker.cluster_no and claim.own_id = maker.own_id
)
select own_id, cluster_no from placed where owner_place > 1
