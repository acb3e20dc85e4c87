-- What became of yesterday's persons: merged (the id is no longer a person; it leads to another), split (records left a
-- person that lives on), each with the number of anchors that moved.
-- Grain: earlier person and person of today.
select
    run.data_date,
    case when alive.person_id is null then 'merged' else 'split' end as event,
    previous.person_id as from_person_id, today.person_id as to_person_id, count(*) as anchors
from previous_person_anchor as previous
inner join person_anchor as today on previous.anchor = today.anchor
cross join run
left join (select distinct person_id from person_anchor) as alive on previous.person_id = alive.person_id
where previous.person_id <> today.person_id
group by all
order by from_person_id, to_person_id
