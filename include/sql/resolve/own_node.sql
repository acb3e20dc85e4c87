-- Records that are nodes of their own in clustering: without a usable ID, put out of their ID, perhaps another's
-- (suspect), or judged by a person. All other records of one valid ID together are one node, named by that ID.
-- Grain: one record key. is_loose: the record is to be placed by comparison. A suspect's birth date may have been
-- filled in from the number under which it stands, so it is not evidence.
select
    identity.record_no, identity.record_key, identity.id_no, identity.id_number, identity.household_key, name_standard.name_key, identity.phone_key,
    identity.is_subsidy, holding.holding,
    identity.id_no is null or coalesce(holding.holding in ('put_out', 'suspect'), false) as is_loose,
    case when holding.holding = 'suspect' and identity.stated_birth = identity.id_birth then null
        when holding.record_key is not null then identity.stated_birth
        else identity.birth_on end as birth_on,
    case when holding.record_key is not null then identity.sex else identity.sex_known end as sex
from identity
left join id_holding as holding on identity.record_key = holding.record_key
left join (select distinct record_key from judged_record) as judged on identity.record_key = judged.record_key
left join name_standard on identity.name = name_standard.name
where identity.id_no is null or holding.record_key is not null or judged.record_key is not null
