-- What the criteria ask of each person: the figures, and the records behind them where the person is told something.
-- Grain: one person. Nulls as in quantity/person_figure.sql.
select
    figure.*,
    coalesce(proof.coverage_evidence, '') as coverage_evidence,
    coalesce(proof.wage_evidence, '') as wage_evidence,
    coalesce(proof.employment_evidence, '') as employment_evidence,
    coalesce(proof.burden_evidence, '') as burden_evidence
from person_figure as figure
left join person_evidence as proof on figure.person_id = proof.person_id
