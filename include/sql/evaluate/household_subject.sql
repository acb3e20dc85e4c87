-- What the criteria ask of each household: its figures, and the records behind them where it is told something.
-- Grain: one household. Nulls as in quantity/household_figure.sql.
select
    figure.*,
    coalesce(proof.member_evidence, figure.forming_key) as member_evidence,
    coalesce(proof.coverage_evidence, '') as coverage_evidence,
    coalesce(proof.income_evidence, '') as income_evidence,
    coalesce(proof.asset_evidence, '') as asset_evidence,
    coalesce(proof.vehicle_evidence, '') as vehicle_evidence,
    coalesce(proof.dwelling_evidence, '') as dwelling_evidence,
    coalesce(proof.business_evidence, '') as business_evidence,
    coalesce(proof.rigid_evidence, '') as rigid_evidence
from household_figure as figure
left join household_evidence as proof on figure.household_id = proof.household_id
