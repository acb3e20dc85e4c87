-- What the sources say of an item: checked items in force, certificates, subsidies, coverage, monitoring, medical
-- expense. Grain: one line of one source. Null in person_id: said of the household. Null in amount_fen, quantity: the
-- source does not say. from and to are months or days as the source writes them. Status CORRECTED: what the source says
-- was found wrong by a caseworker. Of a child's health only that a line is there and its amount: the rest is null.
-- Of free text only the contract's own words are shown: a clerk may type a name there.
with told_of_person as (
    select
        person_id, source, record_key, item_code as code,
        cast(null as varchar) as detail, amount_fen, quantity, period_from as valid_from, period_to as valid_to,
        case when is_corrected then 'CORRECTED' else status end as status, as_of
    from winning_fact
    union all
    select
        link.person_id, certificate.source, certificate.record_key, 'CERTIFICATE',
        concat_ws(' ', certificate.category, certificate.level), null, null,
        strftime(certificate.issued_on, '%Y-%m-%d'), strftime(certificate.valid_until, '%Y-%m-%d'),
        certificate.status, certificate.updated_on
    from certificate
    inner join person_link as link on certificate.record_key = link.record_key
    union all
    select
        link.person_id, subsidy.source, subsidy.record_key, subsidy.kind, null, subsidy.monthly_amount_fen, null,
        subsidy.start_month, subsidy.end_month,
        case when regexp_full_match(subsidy.status, '[A-Z]{1,12}') then subsidy.status end,
        cast(subsidy.updated_at as date)
    from subsidy
    inner join person_link as link on subsidy.record_key = link.record_key
    union all
    select
        link.person_id, settlement.source, min(settlement.record_key), 'MEDICAL', null, sum(settlement.self_fen),
        count(*), strftime(min(settlement.settled_at), '%Y-%m-%d'), strftime(max(settlement.settled_at), '%Y-%m-%d'),
        null, cast(max(settlement.updated_at) as date)
    from settlement
    inner join person_link as link on settlement.person_record_key = link.record_key
    cross join run
    where settlement.settled_at > run.data_date - interval 12 month
    group by link.person_id, settlement.source
),
told_of_household as (
    select
        household_key, source, record_key, programme as code, cast(null as varchar) as detail,
        cast(monthly_amount_fen as decimal(38, 0)) as amount_fen, cast(null as bigint) as quantity,
        strftime(approved_on, '%Y-%m-%d') as valid_from, strftime(ended_on, '%Y-%m-%d') as valid_to, status,
        cast(updated_at as date) as as_of
    from coverage
    union all
    select
        household_key, source, record_key, 'MONITORED', concat_ws(
            ' ', category,
            case when regexp_full_match(risk_types, '((因病|因残|因学|因灾|因意外事故|其他)[、，,; ]*)+') then risk_types end
        ), yearly_income_fen, null, strftime(identified_on, '%Y-%m-%d'), strftime(risk_removed_on, '%Y-%m-%d'),
        case when risk_removed then 'REMOVED' else 'AT_RISK' end, updated_on
    from monitored_household
)
select
    member.item_id, member.district, member.person_id, told.source, told.record_key, told.code,
    case when not narrowed.is_narrow then told.detail end as detail, cast(told.amount_fen as bigint) as amount_fen,
    case when not narrowed.is_narrow then told.quantity end as quantity,
    case when not narrowed.is_narrow then told.valid_from end as valid_from,
    case when not narrowed.is_narrow then told.valid_to end as valid_to, told.status, told.as_of
from told_of_person as told
inner join member on told.person_id = member.person_id
cross join lateral (select member.is_child and told.code in ('CERTIFICATE', 'MEDICAL') as is_narrow) as narrowed
union all
select
    family.item_id, family.district, null, told.source, told.record_key, told.code, told.detail, told.amount_fen,
    told.quantity, told.valid_from, told.valid_to, told.status, told.as_of
from told_of_household as told
inner join family on told.household_key = family.household_key
order by district, item_id, person_id nulls first, code, valid_from, source, record_key, valid_to, amount_fen, quantity, detail, status
