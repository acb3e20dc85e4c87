-- Which of the asked flags stand on the day, closed ones of the day too. Grain: one flag. `ask` has a row a flag.
select distinct flag.flag_id
from flag
inner join ask on flag.flag_id = ask.flag_id
order by flag.flag_id
