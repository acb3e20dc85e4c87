-- What a person should decide: pairs that are likely one human but were not joined, records put out of their ID or
-- bearing quite another name than its holder (the same surname under the stated birth date of the number is a slip,
-- not a doubt), subsidies that no ID places. What somebody has judged is not asked again.
-- Grain: two records, or one held subsidy (right_key null). kind says what the doubt is.
with doubt as (
    select
        placed.left_key, placed.right_key, placed.pattern, placed.score,
        case when placed.name in ('exact', 'compatible', 'unknown') then 'likely_same' else 'other_name' end as kind
    from placed_pair as placed
    cross join threshold
    where placed.score >= threshold.review
    union all
    select
        holding.record_key, other.record_key,
        'name=' || holding.name || ' birth=' || holding.birth || ' sex=' || holding.sex, null,
        case holding.holding when 'put_out' then 'id_of_another' else 'names_differ' end
    from id_holding as holding
    inner join (
        select id_no, min(record_key) as record_key from current_record
        where id_no in (select id_no from id_holding) and record_key not in (select record_key from id_holding)
        group by id_no
    ) as other on holding.id_no = other.id_no
    where holding.holding = 'put_out' or holding.name = 'different'
        or holding.name = 'surname' and holding.birth <> 'exact'
    union all
    select record_key, null, null, null, 'held_subsidy' from person_link where method = 'held_for_review'
),
judged as (
    select left_key, right_key from judged_pair union select right_key, left_key from judged_pair
),
link as (
    select record_key, person_id
    from person_link
    where record_key in (select left_key from doubt union select right_key from doubt)
)
select
    doubt.left_key, doubt.right_key, doubt.kind, doubt.pattern, doubt.score,
    mine.person_id as left_person_id, other.person_id as right_person_id
from doubt
inner join link as mine on doubt.left_key = mine.record_key
left join link as other on doubt.right_key = other.record_key
left join judged on doubt.left_key = judged.left_key and doubt.right_key = judged.right_key
where judged.left_key is null
    and (doubt.kind = 'names_differ') = coalesce(mine.person_id = other.person_id, false)
order by doubt.left_key, doubt.right_key nulls first, doubt.kind
