-- How likely each loose record is each candidate: the posterior odds of "same person" by the model. A record is at
-- most one of the persons with a valid ID, so these share one probability (two numbers of one human are no rivals: the
-- likelier stands for both); another loose record is judged by itself,
-- or, where it is one of those persons (its home), against the strongest of the other's other persons: else it would
-- carry a record that fits two namesakes alike to the one of whom there is a mistyped record too.
-- Grain: loose record and candidate node, by its most alike record. was_linked: they stood in one person the day
-- before. is_bound: false where they stand in families whose known members differ, without a phone, an address or a
-- number (but for one slip) in common. Odds are summed in one order, so that scores are the same to the last bit.
with human as (
    select right_id as id_no, min(left_id) as human_key from two_id_pair group by right_id
),
scored as (
    select
        compared.left_key, compared.right_key, compared.name, compared.birth, compared.id,
        compared.pattern, compared.odds_same, own.record_key is null as is_person,
        case when own.record_key is null then current_record.id_no else own.record_key end as node_key,
        compared.mate <> 'apart' or compared.phone = 'same' or compared.address = 'same'
            or compared.id = 'near' as is_bound
    from (select * from compared_pair natural join pattern) as compared
    inner join current_record on compared.right_key = current_record.record_key
    left join own_node as own on compared.right_key = own.record_key
),
ranked as (
    select
        left_key, right_key, name, birth, id, pattern, odds_same, is_person, node_key,
        bool_or(is_bound) over (partition by left_key, node_key) as is_bound,
        row_number() over (partition by left_key, node_key order by odds_same desc, right_key) as place
    from scored
),
best as (
    select * from ranked where place = 1
),
standing as (
    select
        best.*, coalesce(human.human_key, best.node_key) as human_key,
        row_number() over (
            partition by best.left_key, coalesce(human.human_key, best.node_key)
            order by best.odds_same desc, best.node_key
        ) = 1 as is_first
    from best
    left join human on best.node_key = human.id_no and best.is_person
),
alone as (
    select
        *,
        case when is_person
            then odds_same / (1 + sum(odds_same) filter (where is_person and is_first) over (
                partition by left_key order by odds_same, node_key rows between unbounded preceding and unbounded following
            ))
            else odds_same / (1 + odds_same)
        end as score_alone
    from standing
),
home as (
    select alone.left_key as record_key, alone.human_key
    from alone
    cross join threshold
    where alone.is_person and alone.score_alone >= threshold.join_at
),
sides as (
    select left_key, node_key, left_key as mine, node_key as other from alone where not is_person
    union all
    select left_key, node_key, node_key, left_key from alone where not is_person
),
rival as (
    select sides.left_key, sides.node_key, max(person.odds_same) as odds
    from sides
    inner join home on sides.other = home.record_key
    inner join alone as person
        on sides.mine = person.left_key and person.is_person and person.human_key <> home.human_key
    group by sides.left_key, sides.node_key
),
shared as (
    select
        alone.*,
        case when rival.odds is null then alone.score_alone
            else alone.odds_same / (1 + alone.odds_same + rival.odds)
        end as score
    from alone
    left join rival on alone.left_key = rival.left_key and alone.node_key = rival.node_key
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
    shared.pattern, shared.score, shared.is_bound,
    coalesce(mine.person_id = coalesce(before_id.person_id, other.person_id), false) as was_linked
from shared
left join before as mine on shared.left_key = mine.record_key
left join before as other on shared.right_key = other.record_key
left join before_id on shared.node_key = before_id.id_no and shared.is_person
order by shared.left_key, shared.node_key
