-- Which cluster today owns each person id that anchors bring along. An id that several clusters claim stays with the one
-- whose anchor made it, else that bears an ID, else the most anchors, else the lowest.
-- Grain: one earlier person id of which an anchor was seen today. own_since: the first data date of the id.
with claim as (
    select
        today.cluster_key, previous.own_id, min(previous.own_since) as own_since, count(*) as anchors,
        max(starts_with(today.anchor, 'id:')::int) as has_id, min(today.anchor) as lowest_anchor
    from anchor_today as today
    inner join previous_person_anchor as previous on today.anchor = previous.anchor
    group by today.cluster_key, previous.own_id
),
rival as (
    select own_id from claim group by own_id having count(*) > 1
),
maker as (
    select claim.cluster_key, claim.own_id
    from claim
    inner join rival on claim.own_id = rival.own_id
    inner join anchor_today as today on claim.cluster_key = today.cluster_key
    cross join run
    where claim.own_id = 'P' || substr(sha256(run.identity_key || ':' || today.seed), 1, 16)
),
owned as (
    select
        claim.*,
        row_number() over (
            partition by claim.own_id
            order by maker.own_id is null, claim.has_id desc, claim.anchors desc, claim.lowest_anchor
        ) as owner_place
    from claim
    left join maker on claim.cluster_key = maker.cluster_key and claim.own_id = maker.own_id
)
select own_id, own_since, cluster_key from owned where owner_place = 1
