-- The condition of an active subsidy is gone: dead; certificates and none valid; NURSING without severe or extended;
-- LIVING without dibao (or borderline where extended). Without any certificate, or while it is disputed, the two
-- limbs that read it cannot be told.
-- Grain: one person. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    person_id as subject_id,
    cast(null as decimal(38, 8)) as low,
    cast(null as decimal(38, 8)) as high,
    cast(null as decimal(38, 8)) as threshold,
    cast(null as varchar) as unit,
    'nursing_levels_3_4|living_borderline' as parameters,
    is_dead is true
    or (has_living and not (by_db or (by_by and living_borderline)))
    or case when has_certificate_row and not is_disputed then not is_valid end
    or case
        when not has_nursing then false
        when has_certificate_row and not is_disputed then is_valid and not (is_severe or is_extended)
    end as outcome,
    has_certificate_row and not is_disputed as is_told,
    concat_ws('|', death_evidence, nullif(certificate_evidence, ''), nullif(coverage_evidence, '')) as evidence
from person_subject
