-- How many rows of each table are in quarantine, and why; of one table they add up to what the day counted.
-- Grain: one source, table and reason.
select source, table_name, reason, count(*) as row_count from rejected_record
group by source, table_name, reason
order by source, table_name, reason
