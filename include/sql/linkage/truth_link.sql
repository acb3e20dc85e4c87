-- Every record whose person is known from elsewhere, beside the person that the links give it.
-- Grain: one record of the truth. Null in person_id: the record is lost, no link names it.
select truth.record_key, truth.person_no, truth.kind, link.person_id
from truth
left join link on truth.record_key = link.record_key
