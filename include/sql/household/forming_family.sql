-- The families in the order in which they form households, as numbers. key_no: the place of a family's key among all keys.
-- Grain: one family. Null in head_no: a roster household without a member.
select
    family.family_key, family.level, row_number() over (order by family.family_key) as key_no, head.person_no as head_no
from family
left join person_number as head on family.head_person_id = head.person_id
order by family.place
