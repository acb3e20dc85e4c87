-- Records worth comparing: two things of a person in common. Records of two lists that know each person once are compared
-- across the lists only. Grain: two records, the lower key left.
with side as (
    select record_key, list, 'birth' as rule, date_of_birth as value, '' as other from record
    union all select record_key, list, 'number', soc_sec_id, '' from record
    union all select record_key, list, 'name', least(given_name, surname), greatest(given_name, surname) from record
    union all select record_key, list, 'surname postcode', surname, postcode from record
    union all select record_key, list, 'surname suburb', surname, suburb from record
    union all select record_key, list, 'surname house', surname, street_number from record
    union all select record_key, list, 'given postcode', given_name, postcode from record
    union all select record_key, list, 'given suburb', given_name, suburb from record
    union all select record_key, list, 'given house', given_name, street_number from record
    union all select record_key, list, 'postcode house', postcode, street_number from record
    union all select record_key, list, 'street house', address_1, street_number from record
    union all select record_key, list, 'street postcode', address_1, postcode from record
    union all select record_key, list, 'street suburb', address_1, suburb from record
    union all select record_key, list, 'suburb postcode', suburb, postcode from record
    union all select record_key, list, 'place house', address_2, street_number from record
    union all select record_key, list, 'place postcode', address_2, postcode from record
    union all select record_key, list, 'place suburb', address_2, suburb from record
)
select distinct mine.record_key as left_key, other.record_key as right_key
from side as mine
inner join side as other
    on mine.rule = other.rule and mine.value = other.value and mine.other = other.other
    and mine.record_key < other.record_key and mine.list <> other.list
order by left_key, right_key
