-- The addresses that some candidate pair compares. Grain: one record of a pair.
select record_key, address
from current_record
where address is not null
    and record_key in (select left_key from candidate_pair union select right_key from candidate_pair)
