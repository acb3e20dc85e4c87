-- What flags were answered, and when. Grain: finding and day of the visit.
select distinct finding, visited_on
from flag_answer
where finding is not null and visited_on is not null
order by finding, visited_on
