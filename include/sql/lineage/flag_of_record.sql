-- Every flag of every run behind which an asked record stands. Grain: run and flag.
-- Null in district: unknown or outside Jinan. is_evidence: the answer names one of the records.
select data_date, run_id, flag_id, rule_id, district, state, bool_or(is_evidence) as is_evidence
from flag_record
where record_key in (select key from asked)
group by all
order by data_date, run_id, flag_id
