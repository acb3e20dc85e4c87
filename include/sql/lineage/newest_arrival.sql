-- Where the state of each asked record came from: its newest arrival, in each canonical table that it feeds.
-- Grain: record key, table and line of a file. Null in line: the format has none.
select source, record_key, table_name, data_date, run_id, file, sha256, line
from arrival
where record_key in (select key from asked)
qualify rank() over (partition by record_key, table_name order by data_date desc) = 1
order by all
