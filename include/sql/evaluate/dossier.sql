-- What the rules read of each unit (a household with all its members, or a person of no household) as one number:
-- where it is the number of the day before, the answers of the day before still hold.
-- Grain: one unit. The records behind figures are read only of whom something is told, so they count only in subjects of
-- whom something was told the day before. Criteria that ask for the day itself (criterion) move by the calendar:
-- they count where they may hold or where a flag waits for them. basis: what every answer rests on, such as the version.
with seat as (
    select person_id, coalesce(household_id, person_id) as unit_id from person_figure
),
told as (
    select distinct subject_id from previous_criterion
),
told_seat as (
    select person_id, unit_id
    from seat
    where person_id in (select subject_id from told) or unit_id in (select subject_id from told)
),
person as (
    select
        figure.* replace (
            case when told.subject_id is not null then figure.death_evidence end as death_evidence,
            case when told.subject_id is not null then figure.custody_evidence end as custody_evidence,
            case when told.subject_id is not null then figure.certificate_evidence end as certificate_evidence,
            case when told.subject_id is not null then figure.subsidy_evidence end as subsidy_evidence,
            case when told.subject_id is not null then figure.monitored_evidence end as monitored_evidence,
            case when told.subject_id is not null then figure.ended_evidence end as ended_evidence,
            case when told.subject_id is not null then figure.left_evidence end as left_evidence,
            case when told.subject_id is not null then figure.member_evidence end as member_evidence)
    from person_figure as figure
    left join told on figure.person_id = told.subject_id
),
household as (
    select
        figure.* replace (
            case when told.subject_id is not null then figure.monitored_evidence end as monitored_evidence,
            case when told.subject_id is not null then figure.left_evidence end as left_evidence,
            case when told.subject_id is not null then figure.authorization_evidence end as authorization_evidence)
    from household_figure as figure
    left join told on figure.household_id = told.subject_id
),
read as (
    select coalesce(household_id, person_id) as unit_id, hash('person', person) as content from person
    union all
    select household_id, hash('household', household) from household
    union all
    select household_id, hash('member', person_id, role, is_counted) from household_member
    union all
    select seat.unit_id, hash('conflict', conflict)
    from identity_conflict as conflict
    inner join seat on conflict.person_id = seat.person_id
    union all
    select seat.unit_id, hash('payment', payment)
    from overpayment as payment
    inner join seat on payment.person_id = seat.person_id
    union all
    select seat.unit_id, hash('difference', difference)
    from discrepancy as difference
    inner join seat on difference.person_id = seat.person_id
    union all
    select coalesce(seat.unit_id, flag.subject_id), hash('flag', flag)
    from open_flag as flag
    left join seat on flag.subject_id = seat.person_id
    union all
    select coalesce(seat.unit_id, dated.subject_id), hash('dated', dated)
    from criterion as dated
    left join seat on dated.subject_id = seat.person_id
    where dated.outcome is not false
        or exists (
            select 1
            from open_flag as flag
            inner join rule_criterion as rule on flag.rule_id = rule.rule_id
            where flag.subject_id = dated.subject_id and rule.criterion = dated.criterion
        )
    union all
    select told_seat.unit_id, hash('seat', member.person_id, member.record_key)
    from household_member as member
    inner join told_seat on member.person_id = told_seat.person_id
    union all
    select told_seat.unit_id, hash('roster', roster.person_id, roster.record_key, roster.is_covering)
    from roster_member as roster
    inner join told_seat on roster.person_id = told_seat.person_id
    union all
    select told_seat.unit_id, hash('fact', fact.person_id, fact.record_key, fact.item_code)
    from winning_fact as fact
    inner join told_seat on fact.person_id = told_seat.person_id
    union all
    select told_seat.unit_id, hash('settlement', settlement.person_id, settlement.record_key)
    from counted_settlement as settlement
    inner join told_seat on settlement.person_id = told_seat.person_id
)
select unit_id, cast(hash(basis.text, count(*), sum(content)) as varchar) as digest
from read
cross join basis
group by unit_id, basis.text
order by unit_id
