-- What is shown of a person: each value from the most authoritative source that gives one.
-- Grain: one person. Null: no source gives the value; in is_area_known: no ID. is_area_known is a warning only: lists of
-- area codes are never complete. Leaves the lake only masked.
with ranked as (
    select
        cluster_no, name, id_no, sex, birth_date,
        record_no + 1000000000000 * case
            when is_subsidy then 9
            when source = 'assistance_roster' then 1
            when source = 'province_check' then 2
            when source = 'city_check' then 3
            when source = 'rural_revitalization' then 4
            when source = 'medical_insurance' then 5
            else 6
        end as authority
    from cluster_member
),
chosen as (
    select
        cluster_no,
        min_by(name, authority) filter (where name is not null) as name,
        min_by(id_no, authority) filter (where id_no is not null) as id_no,
        min_by(sex, authority) filter (where sex is not null) as sex,
        min_by(birth_date, authority) filter (where birth_date is not null) as birth_date
    from ranked
    group by cluster_no
)
select
    person.person_id, chosen.name, chosen.id_no, chosen.sex, chosen.birth_date,
    case when chosen.id_no is not null then area.area_code is not null end as is_area_known
from chosen
inner join cluster_person as person on chosen.cluster_no = person.cluster_no
left join (select distinct area_code from area_code_history) as area on substr(chosen.id_no, 1, 6) = area.area_code
order by person.person_id
