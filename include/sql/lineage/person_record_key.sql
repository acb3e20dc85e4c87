-- Record keys of one person's own rows on a day: their person records and their medical settlements.
-- Grain: record key.
select link.record_key
from person_link as link
where link.person_id in (select key from asked)
union
select settlement.record_key
from settlement
inner join person_link as link on settlement.person_record_key = link.record_key
where link.person_id in (select key from asked)
order by record_key
