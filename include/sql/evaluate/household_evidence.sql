-- The records behind the figures of the households that are told something: record keys once each, sorted, joined by |.
-- Grain: one household of told that has a member. Null: no record. Of property and income only counted members' records
-- are named, and where the household is evaluated.
with member as (
    select seated.household_id, seated.person_id, seated.record_key, seated.is_counted
    from told
    inner join household_member as seated on told.subject_id = seated.household_id
    where seated.role = 'member'
),
counted as (
    select member.household_id, member.person_id
    from member
    inner join household on member.household_id = household.household_id
    inner join policy on household.district = policy.district and household.residence = policy.residence
    where member.is_counted
),
record as (
    select household_id, 'member' as figure, record_key from member
    union
    select member.household_id, 'coverage', roster.record_key
    from member
    inner join roster_member as roster on member.person_id = roster.person_id
    where roster.is_covering
    union
    select
        counted.household_id,
        case
            when fact.item_code like 'I%' then 'income'
            when fact.item_code = 'A03' then 'dwelling'
            when fact.item_code = 'A04' then 'vehicle'
            when fact.item_code = 'A05' then 'business'
            else 'asset'
        end,
        fact.record_key
    from counted
    inner join winning_fact as fact on counted.person_id = fact.person_id
    where fact.item_code in (
        'I01', 'I02', 'I03', 'I04', 'I05', 'I06', 'I07', 'A01', 'A02', 'A03', 'A04', 'A05', 'A07'
    )
    union
    select counted.household_id, 'payment', settlement.record_key
    from counted
    inner join counted_settlement as settlement on counted.person_id = settlement.person_id
)
select
    household_id,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'member') as member_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'coverage') as coverage_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'income') as income_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'asset') as asset_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'vehicle') as vehicle_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'dwelling') as dwelling_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'business') as business_evidence,
    string_agg(record_key, '|' order by record_key) filter (where figure = 'payment') as rigid_evidence
from record
group by household_id
