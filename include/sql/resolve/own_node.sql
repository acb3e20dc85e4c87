-- Records that are nodes of their own in clustering: without a usable ID, put out of their ID, perhaps another's
-- (suspect), or judged by a person. All other records of one valid ID together are one node, named by that ID.
-- Grain: one record key. is_loose: the record is to be placed by comparison. A suspect's birth date may have been
-- filled in from the number under which it stands, so it is not evidence.
select
    record.record_no, record.record_key, record.is_keyed, record.id_no, record.id_number, record.household_key, name_standard.name_key,
    record.phone_key, record.is_subsidy, holding.holding,
    record.id_no is null or coalesce(holding.holding in ('put_out', 'suspect'), false) as is_loose,
    case when holding.holding = 'suspect' and record.stated_birth = record.id_birth then null
        when holding.record_key is not null then record.stated_birth
        else record.birth_on end as birth_on,
    case when holding.record_key is not null then record.sex else record.sex_known end as sex
from current_record as record
left join id_holding as holding on record.record_key = holding.record_key
left join (select distinct record_key from judged_record) as judged on record.record_key = judged.record_key
left join name_standard on record.name = name_standard.name
where record.id_no is null or holding.record_key is not null or judged.record_key is not null
