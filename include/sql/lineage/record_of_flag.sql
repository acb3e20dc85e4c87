-- Every source record behind the asked flag of one run. Grain: one record. Null in district: unknown or outside Jinan.
select record_key, rule_id, district, state, is_evidence
from flag_record
where flag_id in (select key from asked)
order by record_key
