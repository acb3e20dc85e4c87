-- The persons whose facts an explanation adds up: a household's counted members, or the one person.
-- Grain: one person. has_full_disregard null: the certificate's level or type is not readable.
with asked as (
    select person_id, record_key, household_id
    from household_member
    where household_id = (select subject_id from asked_subject) and is_counted
    union all
    select person_figure.person_id, person_figure.member_evidence, person_figure.household_id
    from person_figure
    inner join asked_subject on person_figure.person_id = asked_subject.subject_id
)
select
    asked.person_id, asked.record_key,
    case when certificate.is_valid then certificate.level in ('1', '2') or certificate.category in ('5', '6')
        else false end as has_full_disregard
from asked
left join certificate_in_force as certificate on asked.person_id = certificate.person_id
order by asked.person_id
