-- The members' own medical payments reach the rigid ratio of the total income; over no income, any payment does.
-- Grain: one household. Null in outcome: it may hold. Null in a bound: infinity or none.
select
    household_id as subject_id,
    cast(case when total_high_parts > 0 then cast(cast(rigid_fen as hugeint) * (cast(run.parts_per_fen as hugeint) // 100) * 1000000
        // (cast(total_high_parts as hugeint) // 100) as decimal(38, 0)) * cast(0.000001 as decimal(7, 6))
        when total_high_parts is null then 0 end as decimal(38, 8)) as low,
    cast(case when total_low_parts > 0 then cast(cast(rigid_fen as hugeint) * (cast(run.parts_per_fen as hugeint) // 100) * 1000000
        // (cast(total_low_parts as hugeint) // 100) as decimal(38, 0)) * cast(0.000001 as decimal(7, 6)) end as decimal(38, 8)) as high,
    cast(rigid_ratio as decimal(38, 8)) as threshold,
    'share of total income' as unit,
    'rigid_ratio' as parameters,
    case
        when rigid_fen = 0 then false
        when cast(rigid_fen as hugeint) * cast(run.parts_per_fen as hugeint) * 10000
            >= cast(rigid_ratio * 10000 as bigint) * cast(total_high_parts as hugeint) then true
        when cast(rigid_fen as hugeint) * cast(run.parts_per_fen as hugeint) * 10000
            < cast(rigid_ratio * 10000 as bigint) * cast(total_low_parts as hugeint) then false
    end as outcome,
    true as is_told,
    concat_ws('|', nullif(rigid_evidence, ''), nullif(income_evidence, '')) as evidence,
    cast(null as varchar) as limbs
from household_subject
cross join run
