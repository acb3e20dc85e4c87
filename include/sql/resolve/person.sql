-- What is shown of a person: each value from the most authoritative source that gives one.
-- Grain: one person. Null: no source gives the value. Leaves the lake only masked.
with ranked as (
    select
        link.person_id,
        identity.*,
        case identity.source
            when 'assistance_roster' then 1 when 'province_check' then 2 when 'city_check' then 3
            when 'rural_revitalization' then 4 when 'medical_insurance' then 5 else 6
        end as authority
    from identity
    inner join person_link as link on identity.record_key = link.record_key
),
ordered as (
    select *, row_number() over (partition by person_id order by is_subsidy, authority, record_key) as place
    from ranked
)
select
    person_id,
    min_by(name, place) filter (where name is not null) as name,
    min_by(id_no, place) filter (where id_no is not null) as id_no,
    min_by(sex, place) filter (where sex is not null) as sex,
    min_by(birth_date, place) filter (where birth_date is not null) as birth_date
from ordered
group by person_id
order by person_id
