-- The condition of an active subsidy is gone: dead; certificates and none valid; NURSING without severe or extended;
-- LIVING without dibao (or borderline where extended). Without any certificate, or while it is disputed, the two
-- limbs that read it cannot be told.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
with judged as (
    select
        *,
        is_dead is true as is_known_dead,
        has_living and not (by_db or (by_by and living_borderline)) as is_uncovered,
        case when has_certificate_row and not is_disputed then not is_valid end as is_without_certificate,
        case
            when not has_nursing then false
            when has_certificate_row and not is_disputed then is_valid and not (is_severe or is_extended)
        end as is_level_too_low
    from person_subject
)
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    'nursing_levels_3_4|living_borderline' as parameters,
    is_known_dead or is_uncovered or is_without_certificate or is_level_too_low as outcome,
    has_certificate_row and not is_disputed as is_told,
    concat_ws('|', death_evidence, nullif(certificate_evidence, ''), nullif(coverage_evidence, '')) as evidence,
    concat_ws('|', case when is_known_dead then 'dead' end, case when is_without_certificate then 'certificate' end,
        case when is_level_too_low then 'level' end, case when is_uncovered then 'living' end) as limbs
from judged
