-- What clustering works on: all records of one valid ID are one node, unless a record was put out, may be another's
-- (suspect) or was judged by a person; every other record is a node of its own. A suspect's birth date may have been
-- filled in from the number under which it stands, so it is not evidence.
-- Grain: one record key, with what candidates are found by. node_key: the ID or the record key. is_loose: the node is to be placed by comparison.
select
    identity.record_key, identity.id_no, identity.household_key, identity.name_key, identity.phone_key,
    identity.is_subsidy,
    case when identity.id_no is null or holding.record_key is not null or judged.record_key is not null
        then identity.record_key else identity.id_no end as node_key,
    holding.holding,
    identity.id_no is null or coalesce(holding.holding in ('put_out', 'suspect'), false) as is_loose,
    case when holding.holding = 'suspect' and identity.stated_birth = identity.id_birth then null
        when holding.record_key is not null then identity.stated_birth
        else identity.birth_on end as birth_on,
    case when holding.record_key is not null then identity.sex else identity.sex_known end as sex
from identity
left join id_holding as holding on identity.record_key = holding.record_key
left join (select distinct record_key from judged_record) as judged on identity.record_key = judged.record_key
