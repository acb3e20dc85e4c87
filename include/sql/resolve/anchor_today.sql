-- What is recognised of each cluster from day to day: its valid IDs and the anchors of its records (rows of the same
-- content are numbered); with what was known of each anchor the day before, also of those that were not seen today.
-- All records of a number that stand by it are of one cluster and one ID.
-- Grain: one anchor. place: what a table of anchors is sorted by, for numbers sort faster than anchors. Null in
-- cluster_no and place: not seen today; in own_id, own_since, person_id: never seen before.
with id as (
    select id_number, any_value(id_no) as id_no, any_value(cluster_no) as cluster_no
    from cluster_member
    where id_number is not null and not is_own
    group by id_number
),
repeated as (
    select
        cluster_no,
        coalesce(anchor, concat_ws('|', source, household_key, id_no, name, birth_date)) as content,
        record_key, record_no
    from cluster_member
    where anchor is distinct from record_key and (anchor is not null or is_own)
),
today as (
    select 'id:' || id_no as anchor, id_number as place, cluster_no from id
    union all
    select record_key, record_no, cluster_no from cluster_member where anchor = record_key
    union all
    select content || '#' || row_number() over (partition by content order by record_key), record_no, cluster_no
    from repeated
)
select
    coalesce(today.anchor, previous.anchor) as anchor, today.place, today.cluster_no,
    previous.own_id, previous.own_since, previous.person_id
from today
full join previous_person_anchor as previous on today.anchor = previous.anchor
