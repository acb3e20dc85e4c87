-- Which person each current record belongs to, how that was found, and how sure it is.
-- Grain: one record key, in the order of current_record. method: valid_id, upgraded_id (15 digits), near_id (one slip
-- off), two_ids, scored, judged, alone, held_for_review (a subsidy that no ID places).
select member.source, member.record_key, person.person_id, member.method, member.score
from cluster_member as member
inner join cluster_person as person on member.cluster_no = person.cluster_no
order by member.record_no
