-- What was let in with an oddity, for its owner to mend: the columns of validation/oddities.
-- Grain: one oddity of one record and line, once where several tables are read from the row. Null in line: the format has none.
select distinct source, record_key, oddity, line from odd_record
order by source, record_key, oddity, line
