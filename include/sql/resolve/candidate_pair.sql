-- Records worth comparing with a record that is to be placed: same name and birth date; same phone with the same name
-- or birth date (phones that many use say nothing); an ID one slip away; families that share a person with a valid ID,
-- with the same name or birth date. Two rows of one family are two persons, unless they repeat each other.
-- Phones and families are met by one trait at a time: by either of two the engine may compare all with all.
-- Grain: loose record (left) and other record (right); of two loose records the lower key is left. is_mate: the two
-- stand in families that share another person; false: both stand in families whose known members differ; else null.
with loose as (
    select record_key, id_no, household_key, name_key, birth_on, phone_key
    from own_node
    where is_loose and not is_subsidy
),
own_phone as (
    select phone_key
    from current_record
    where not is_subsidy and phone_key in (select phone_key from loose)
    group by phone_key
    having count(*) <= 24
),
family as (
    select household_key, id_number
    from current_record
    where household_key is not null and id_number is not null and not is_subsidy
        and record_no not in (select record_no from own_node)
),
mine as (
    select distinct household_key, id_number from family where household_key in (select household_key from loose)
),
kin as (
    select distinct mine.household_key, family.household_key as other_key
    from family
    inner join mine on family.id_number = mine.id_number and family.household_key <> mine.household_key
),
alike_name as (
    select distinct name_standard.name, loose.birth_on
    from loose
    inner join name_standard on loose.name_key = name_standard.name_key
),
near as (
    select current_record.record_no
    from current_record
    inner join alike_name on current_record.name = alike_name.name and current_record.birth_on = alike_name.birth_on
    union
    select record_no from current_record where phone_key in (select phone_key from own_phone)
    union
    select record_no from current_record where id_no in (select id_no from repaired_id)
    union
    select record_no from current_record where household_key in (select other_key from kin)
),
party as (
    select record_key, id_no, household_key, name_key, birth_on, phone_key, is_loose, record_key as node_key
    from own_node
    where not is_subsidy
    union all
    select
        current_record.record_key, current_record.id_no, current_record.household_key, name_standard.name_key, current_record.birth_on,
        current_record.phone_key, false, current_record.id_no
    from current_record
    inner join near on current_record.record_no = near.record_no
    left join name_standard on current_record.name = name_standard.name
    where not current_record.is_subsidy and current_record.record_no not in (select record_no from own_node)
),
met as (
    select loose.record_key as left_key, party.record_key as right_key, false as is_mate
    from loose
    inner join party on loose.name_key = party.name_key and loose.birth_on = party.birth_on
    union all
    select loose.record_key, party.record_key, false
    from loose
    inner join own_phone on loose.phone_key = own_phone.phone_key
    inner join party on loose.phone_key = party.phone_key and loose.birth_on = party.birth_on
    union all
    select loose.record_key, party.record_key, false
    from loose
    inner join own_phone on loose.phone_key = own_phone.phone_key
    inner join party on loose.phone_key = party.phone_key and loose.name_key = party.name_key
    union all
    select repaired_id.record_key, party.record_key, false
    from repaired_id
    inner join party on repaired_id.id_no = party.id_no
    union all
    select loose.record_key, party.record_key, true
    from loose
    inner join kin on loose.household_key = kin.household_key
    inner join party on kin.other_key = party.household_key and loose.birth_on = party.birth_on
    union all
    select loose.record_key, party.record_key, true
    from loose
    inner join kin on loose.household_key = kin.household_key
    inner join party on kin.other_key = party.household_key and loose.name_key = party.name_key
),
pair as (
    select met.left_key, met.right_key, bool_or(met.is_mate) as is_mate
    from met
    where met.left_key <> met.right_key
    group by met.left_key, met.right_key
)
select
    pair.left_key, pair.right_key,
    case
        when pair.is_mate then true
        when mine.household_key is not null and other.household_key is not null and kin.household_key is null
            and mine.household_key <> other.household_key then false
        when kin.household_key is not null then true
    end as is_mate
from pair
inner join loose as mine on pair.left_key = mine.record_key
inner join party as other on pair.right_key = other.record_key
left join kin on mine.household_key = kin.household_key and other.household_key = kin.other_key
where (not other.is_loose or pair.left_key < pair.right_key)
    and (mine.household_key is distinct from other.household_key or mine.household_key is null
        or mine.name_key = other.name_key and mine.birth_on = other.birth_on)
    and coalesce(mine.id_no <> other.node_key, true)
order by pair.left_key, pair.right_key
