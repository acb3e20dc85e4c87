-- The anchor by which the register names a record: the record key where the source keeps it, else a keyed digest of the
-- content, so that the register holds no personal data; rows of one content have one anchor.
-- Grain: one record of the sources in anchored_source.
select
    identity.record_key,
    case
        when identity.source in ('province_check', 'rural_revitalization', 'disabled_federation')
            then identity.source || ':' || substr(sha256(run.identity_key || ':' || concat_ws(
                '|', identity.household_key, record.id_raw, identity.name, identity.birth_date)), 1, 24)
        else identity.record_key
    end as anchor
from identity
inner join current_record as record on identity.record_key = record.record_key
cross join run
where identity.source in (select source from anchored_source)
