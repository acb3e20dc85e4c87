-- The flags open before the day that live on (standing_flag), each under the id to which its subject leads today.
-- Grain: rule and subject.
select flag.flag_id, flag.rule_id, standing.stands_for as subject_id, flag.certainty, flag.first_seen
from open_flag as flag
inner join standing_flag as standing on flag.flag_id = standing.flag_id
where standing.heir = flag.flag_id
order by flag.flag_id
