-- Which person each current record belongs to. Records of one valid ID are one person, all others stand alone.
-- Grain: one record key. The person id is a keyed digest of the ID (or record key), so it lasts and tells nothing.
select
    source,
    record_key,
    'P' || substr(sha256(run.identity_key || ':' || coalesce(id_no, record_key)), 1, 16) as person_id,
    case when id_no is null then 'alone' else 'valid_id' end as method,
    cast(1.0 as double) as score
from identity
cross join run
order by record_key
