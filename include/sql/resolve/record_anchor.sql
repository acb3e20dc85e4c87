-- The anchor by which the register names a record: the record key where the source keeps it, else a keyed digest of the
-- content, so that the register holds no personal data; rows of one content have one anchor.
-- Grain: one record of the sources in anchored_source.
select
    record_key,
    case
        when not is_keyed
            then source || ':' || substr(sha256(run.identity_key || ':' || concat_ws(
                '|', household_key, id_raw, name, birth_date)), 1, 24)
        else record_key
    end as anchor
from current_record
cross join run
where source in (select source from anchored_source)
