-- Records whose name differs from the name that holds their ID, beside the holder: the name that most records of the
-- ID bear whose birth date and sex agree with the number; on a tie the more authoritative source, then the name.
-- Only IDs under which names differ are looked at; subsidies carry no birth date or sex and stay with their ID.
-- Grain: one record that does not bear the holder's name. left is the record, right the holder.
with disputed as (
    select id_number
    from current_record
    where id_number is not null and not is_subsidy
    group by id_number
    having min(name) <> max(name)
),
named as (
    select
        current_record.*, name_standard.name_key, name_standard.part_key, name_standard.is_partial,
        case source when 'assistance_roster' then 1 when 'province_check' then 2 when 'city_check' then 3
            when 'rural_revitalization' then 4 when 'medical_insurance' then 5 else 6 end as authority,
        coalesce(stated_birth = id_birth, true)
        and coalesce((sex = '1') = (current_record.id_number % 2 = 1), true) as agrees_with_id
    from current_record
    inner join disputed on current_record.id_number = disputed.id_number
    inner join name_standard on current_record.name = name_standard.name
    where not current_record.is_subsidy and name_standard.name_key is not null
),
vote as (
    select
        named.id_no, named.name_key, any_value(named.part_key) as part_key,
        row_number() over (
            partition by named.id_no
            order by
                count(*) filter (where agrees_with_id) desc, bool_or(is_partial), min(authority), named.name_key
        ) as place
    from named
    group by named.id_no, named.name_key
)
select
    named.record_key as left_key, named.id_no as right_key,
    named.name_key as left_name, named.part_key as left_part, named.stated_birth as left_birth, named.sex as left_sex,
    cast(null as varchar) as left_phone, cast(null as varchar) as left_address, cast(null as varchar) as left_id,
    holder.name_key as right_name, holder.part_key as right_part, named.id_birth as right_birth,
    case when named.id_number % 2 = 1 then '1' else '2' end as right_sex,
    cast(null as varchar) as right_phone, cast(null as varchar) as right_address, cast(null as varchar) as right_id,
    cast(null as boolean) as is_mate
from named
inner join vote as holder on named.id_no = holder.id_no and holder.place = 1
where named.name_key <> holder.name_key
order by left_key
