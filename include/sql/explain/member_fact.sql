-- The winning rows about income and property of the persons that an explanation adds up.
-- Grain: one row of a source. Null in first_month: the row has no period.
select
    fact.person_id, fact.record_key, fact.source, fact.item_code, fact.status, fact.first_month, fact.last_month,
    fact.period_from, fact.period_to, fact.amount_fen, fact.quantity, fact.as_of, fact.is_corrected,
    extract(year from fact.answered_on) * 12 + extract(month from fact.answered_on) as answered_month
from winning_fact as fact
inner join counted_member as member on fact.person_id = member.person_id
where fact.item_code similar to '(I0[1-7]|A0[1-57])'
order by fact.person_id, fact.item_code, fact.record_key, fact.period_from, fact.period_to, fact.amount_fen
