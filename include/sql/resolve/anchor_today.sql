-- What is recognised of each cluster from day to day: its valid IDs and the anchors of its records.
-- Grain: one anchor. seed: what a new person id is made from.
select distinct 'id:' || id_no as anchor, id_no as seed, cluster_key from cluster_member where id_no is not null
union all
select anchor, anchor, cluster_key from cluster_member where anchor is not null
