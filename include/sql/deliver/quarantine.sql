-- What was not let in, for its owner and the auditors to find: the columns of validation/quarantine.
-- Grain: one rejected row; rows of one record with one reason are as many lines as they were rows, for they are counted.
-- Null in line: the format has none.
select source, record_key, reason, line from rejected_record
order by source, record_key, reason, line
