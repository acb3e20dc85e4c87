-- The addresses that some candidate pair compares. Grain: one record of a pair.
select record.record_key, record.address
from current_record as record
where record.address is not null
    and record.record_key in (select left_key from candidate_pair union select right_key from candidate_pair)
