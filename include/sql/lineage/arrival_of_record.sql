-- Every landing that brought a row of the asked record, oldest first.
-- Grain: day, table and line of a file. Null in line: the format has none.
select source, record_key, table_name, data_date, run_id, file, sha256, line
from arrival
where record_key in (select key from asked)
order by data_date, table_name, file, line
