-- How alike two records of FEBRL are, attribute by attribute. Letters are ASCII, so the engine's edit distances count them.
-- Grain: one candidate pair. unknown: one side does not say. near: one letter mistyped, missing, more or exchanged with
-- its neighbour; close: two (in a street, with its blanks, four); crossed: the two parts of the name, or of the address,
-- stand in each other's place, which the first of the two attributes tells, and the second then says nothing.
with pair as (
    select
        candidate_pair.left_key, candidate_pair.right_key,
        mine.given_name as left_given, mine.surname as left_surname, other.given_name as right_given,
        other.surname as right_surname, mine.date_of_birth as left_birth, other.date_of_birth as right_birth,
        mine.street_number as left_house, other.street_number as right_house, mine.address_1 as left_street,
        other.address_1 as right_street, mine.address_2 as left_place, other.address_2 as right_place,
        mine.suburb as left_suburb, other.suburb as right_suburb, mine.postcode as left_postcode,
        other.postcode as right_postcode, mine.state as left_state, other.state as right_state,
        mine.soc_sec_id as left_number, other.soc_sec_id as right_number
    from candidate_pair
    inner join record as mine on candidate_pair.left_key = mine.record_key
    inner join record as other on candidate_pair.right_key = other.record_key
),
crossed as (
    select
        *,
        coalesce(left_given = right_surname and right_given = left_surname, false) as is_name_crossed,
        coalesce(left_street = right_place or left_place = right_street, false) as is_address_crossed
    from pair
)
select
    left_key, right_key,
    case
        when left_given is null or right_given is null then 'unknown'
        when left_given = right_given then 'exact'
        when is_name_crossed then 'crossed'
        when damerau_levenshtein(left_given, right_given) <= 1 then 'near'
        when damerau_levenshtein(left_given, right_given) = 2 and length(left_given) >= 5 then 'close'
        else 'different'
    end as given_name,
    case
        when left_surname is null or right_surname is null then 'unknown'
        when left_surname = right_surname then 'exact'
        when is_name_crossed then 'unknown'
        when damerau_levenshtein(left_surname, right_surname) <= 1 then 'near'
        when damerau_levenshtein(left_surname, right_surname) = 2 and length(left_surname) >= 5 then 'close'
        else 'different'
    end as surname,
    case
        when left_birth is null or right_birth is null then 'unknown'
        when left_birth = right_birth then 'exact'
        when damerau_levenshtein(left_birth, right_birth) <= 1 then 'near'
        else 'different'
    end as birth,
    case
        when left_house is null or right_house is null then 'unknown'
        when left_house = right_house then 'exact'
        when damerau_levenshtein(left_house, right_house) <= 1 then 'near'
        else 'different'
    end as street_number,
    case
        when left_street = right_street then 'exact'
        when is_address_crossed then 'crossed'
        when left_street is null or right_street is null then 'unknown'
        when damerau_levenshtein(replace(left_street, ' ', ''), replace(right_street, ' ', '')) <= 1 then 'near'
        when damerau_levenshtein(left_street, right_street) <= 4 then 'close'
        else 'different'
    end as street,
    case
        when left_place = right_place then 'exact'
        when is_address_crossed or left_place is null or right_place is null then 'unknown'
        when damerau_levenshtein(replace(left_place, ' ', ''), replace(right_place, ' ', '')) <= 1 then 'near'
        when damerau_levenshtein(left_place, right_place) <= 4 then 'close'
        else 'different'
    end as place,
    case
        when left_suburb is null or right_suburb is null then 'unknown'
        when left_suburb = right_suburb then 'exact'
        when damerau_levenshtein(left_suburb, right_suburb) <= 1 then 'near'
        when damerau_levenshtein(left_suburb, right_suburb) <= 4 then 'close'
        else 'different'
    end as suburb,
    case
        when left_postcode is null or right_postcode is null then 'unknown'
        when left_postcode = right_postcode then 'exact'
        when damerau_levenshtein(left_postcode, right_postcode) <= 1 then 'near'
        else 'different'
    end as postcode,
    case
        when left_state is null or right_state is null then 'unknown'
        when left_state = right_state then 'same'
        else 'different'
    end as state,
    case
        when left_number is null or right_number is null then 'unknown'
        when left_number = right_number then 'exact'
        when damerau_levenshtein(left_number, right_number) <= 1 then 'near'
        else 'different'
    end as number
from crossed
order by left_key, right_key
