-- What is shown of a person: each value from the most authoritative source that gives one.
-- Grain: one person. Null: no source gives the value. Leaves the lake only masked.
with ranked as (
    select
        link.person_id, identity.name, identity.id_no, identity.sex, identity.birth_date,
        case
            when identity.is_subsidy then '9'
            else case identity.source
                when 'assistance_roster' then '1' when 'province_check' then '2' when 'city_check' then '3'
                when 'rural_revitalization' then '4' when 'medical_insurance' then '5' else '6'
            end
        end || identity.record_key as authority
    from identity
    inner join person_link as link on identity.record_key = link.record_key
)
select
    person_id,
    min_by(name, authority) filter (where name is not null) as name,
    min_by(id_no, authority) filter (where id_no is not null) as id_no,
    min_by(sex, authority) filter (where sex is not null) as sex,
    min_by(birth_date, authority) filter (where birth_date is not null) as birth_date
from ranked
group by person_id
order by person_id
