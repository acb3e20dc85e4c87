-- What became of yesterday's persons: merged (the id is no longer a person; it leads to another), split (records left a
-- person that lives on), each with the number of anchors that moved.
-- Grain: earlier person and person of today.
with moved as (
    select was_person_id as from_person_id, person_id as to_person_id, count(*) as anchors
    from anchor_person
    where was_person_id is not null and was_person_id <> person_id
    group by all
),
alive as (
    select person_id from person_anchor where person_id in (select from_person_id from moved)
    union
    select person_id from person_link where person_id in (select from_person_id from moved)
)
select
    run.data_date, case when alive.person_id is null then 'merged' else 'split' end as event,
    moved.from_person_id, moved.to_person_id, moved.anchors
from moved
left join alive on moved.from_person_id = alive.person_id
cross join run
order by moved.from_person_id, moved.to_person_id
