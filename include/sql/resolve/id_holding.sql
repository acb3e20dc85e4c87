-- Records that do not belong to the holder of their ID, or may not, by the comparison of id_holder_pair. A birth date
-- (or sex) that contradicts the number, under a name that is not the holder's, is somebody else's record: put_out. A
-- name that is merely another stays with the ID, unless a person is found to whom it fits: suspect.
-- Grain: one record that bears another name than the holder of its ID.
select
    left_key as record_key, right_key as id_no, name, birth, sex,
    case
        when name in ('sound', 'surname', 'different') and (birth = 'different' or sex = 'different') then 'put_out'
        when name = 'near' and birth = 'different' then 'put_out'
        else 'suspect'
    end as holding
from id_compared
where name in ('sound', 'near', 'surname', 'different')
order by record_key
