-- Which person each current record belongs to, how that was found, and how sure it is.
-- Grain: one record key, in the order of current_record. method: valid_id, upgraded_id (15 digits), near_id (one slip
-- off), two_ids, scored, judged, alone, held_for_review (a subsidy that no ID places).
-- A key that lasts recognises its person tomorrow. own_since: the first data date of the id that the key was given first,
-- null where the key does not last; own_id: that id, null where it is person_id itself.
with known as (
    select record_no, nullif(own_id, person_id) as own_id, own_since from anchor_person where is_keyed
)
select
    member.source, member.record_key, person.person_id, member.method, member.score,
    known.own_id,
    case when member.is_keyed then coalesce(known.own_since, run.data_date) end as own_since
from cluster_member as member
inner join cluster_person as person on member.cluster_no = person.cluster_no
left join known on member.record_no = known.record_no
cross join run
order by member.record_no
