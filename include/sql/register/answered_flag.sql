-- The flags of a year before the day, and older ones still open however old they are, each with what became of it (said).
-- Grain: one flag. Null in finding and visited_on: nobody went.
select
    flag.rule_id, coalesce(flag.district, '000000') as district, flag.first_seen, flag.event <> 'closed' as is_open,
    said.finding, said.visited_on
from flag
cross join run
left join said on flag.flag_id = said.flag_id
where flag.event <> 'closed' or flag.first_seen >= run.data_date - 365
order by flag.flag_id
