-- The records of a set of FEBRL, blanks cut off. Grain: one record. list: which list it stands in, of lists that know each
-- person once; a record of a set that is one list with repetitions is a list of its own. Null: the record does not say.
select
    trim(rec_id) as record_key, case when chosen.has_two_lists then filename else trim(rec_id) end as list,
    nullif(trim(given_name), '') as given_name, nullif(trim(surname), '') as surname,
    nullif(trim(street_number), '') as street_number, nullif(trim(address_1), '') as address_1,
    nullif(trim(address_2), '') as address_2, nullif(trim(suburb), '') as suburb,
    nullif(trim(postcode), '') as postcode, nullif(trim(state), '') as state,
    nullif(trim(date_of_birth), '') as date_of_birth,
    case when chosen.has_number then nullif(trim(soc_sec_id), '') end as soc_sec_id
from written
cross join chosen
order by record_key
