-- How likely each loose record is each candidate: the posterior odds of "same person" by the model. A record is at
-- most one of the persons with a valid ID, so these share one probability; another loose record is judged by itself.
-- Grain: loose record and candidate node, by its most alike record. was_linked: they stood in one person the day
-- before. Odds are summed in one order, so that scores are the same to the last bit.
with scored as (
    select
        compared.left_key, compared.right_key, compared.name, compared.birth, compared.id,
        compared.pattern, compared.odds_same, own.record_key is null as is_person,
        case when own.record_key is null then current_record.id_no else own.record_key end as node_key
    from (select * from compared_pair natural join pattern) as compared
    inner join current_record on compared.right_key = current_record.record_key
    left join own_node as own on compared.right_key = own.record_key
),
ranked as (
    select
        *, row_number() over (partition by left_key, node_key order by odds_same desc, right_key) as place
    from scored
),
best as (
    select * from ranked where place = 1
),
shared as (
    select
        *,
        case when is_person
            then odds_same / (1 + sum(odds_same) filter (where is_person) over (
                partition by left_key order by odds_same, node_key rows between unbounded preceding and unbounded following
            ))
            else odds_same / (1 + odds_same)
        end as score
    from best
),
before as (
    select record.record_key, previous.person_id
    from current_record as record
    inner join anchor on record.record_no = anchor.record_no and not starts_with(anchor.anchor, 'seat:')
    inner join previous_anchor as previous on anchor.anchor = previous.anchor
    where record.record_key in (select left_key from best union select right_key from best)
),
before_id as (
    select substr(anchor, 4) as id_no, person_id
    from previous_anchor
    where starts_with(anchor, 'id:')
)
select
    shared.left_key, shared.right_key, shared.node_key, shared.is_person, shared.name, shared.birth, shared.id,
    shared.pattern, shared.score,
    coalesce(mine.person_id = coalesce(before_id.person_id, other.person_id), false) as was_linked
from shared
left join before as mine on shared.left_key = mine.record_key
left join before as other on shared.right_key = other.record_key
left join before_id on shared.node_key = before_id.id_no and shared.is_person
order by shared.left_key, shared.node_key
