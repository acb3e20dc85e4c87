-- Where a person who stands in no household lives: the insured register's area, else the certificate's.
-- Grain: person of no household with such an area. Never from the ID number.
with candidate as (
    select
        link.person_id, record.area_code,
        row_number() over (
            partition by link.person_id
            order by record.source = 'medical_insurance' desc, record.updated_at desc nulls last, record.record_key
        ) as place
    from current_record as record
    inner join person_link as link on record.record_key = link.record_key
    where record.source in ('medical_insurance', 'disabled_federation') and record.area_code is not null
        and not exists (select 1 from household_member as seated where seated.person_id = link.person_id)
)
select
    candidate.person_id, present.present_code as district,
    case when substr(candidate.area_code, 7, 3) between '100' and '399' then 'rural' else 'urban' end as residence
from candidate
left join area_code as present on substr(candidate.area_code, 1, 6) = present.old_code
where candidate.place = 1
order by candidate.person_id
