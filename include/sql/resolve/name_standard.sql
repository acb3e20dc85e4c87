-- Each name as it is compared: characters made alike before (written_name), without spaces, dots, brackets and "deceased"; what cannot be read (?, □, private use, emoji, pinyin) is one "?" a run.
-- Grain: one name as written. Null in name_key: nothing readable, or a placeholder. part_key: the two parts of a dotted
-- name in one order, null for others. surname is the first character, null when unreadable.
with same_characters as (
    select
        name,
        regexp_replace(
            text,
            '[\s\x{00A0}\x{00AD}\x{3000}\x{200B}-\x{200F}\x{2060}\x{FEFF}\x{FE00}-\x{FE0F}\x{E0100}-\x{E01EF}]', '', 'g'
        ) as text
    from written_name
),
without_notes as (
    select
        name,
        regexp_replace(
            regexp_replace(
                regexp_replace(text, '[(][^()]*[左右上下加底旁][^()]*[)]', '?', 'g'),
                '[(][^()]*([)]|$)', '', 'g'
            ),
            '(已故|已死亡|已去世|已亡)$', ''
        ) as text
    from same_characters
),
readable as (
    select
        name,
        regexp_replace(
            case when regexp_matches(text, '[\x{3400}-\x{9FFF}\x{20000}-\x{3FFFF}]')
                then regexp_replace(text, '[A-Za-z]+', '?', 'g')
                else upper(text)
            end,
            '[?\x{E000}-\x{F8FF}\x{F0000}-\x{FFFFD}\x{100000}-\x{10FFFD}\x{1F000}-\x{1FAFF}\x{25A0}-\x{25FF}]+',
            '?', 'g'
        ) as text
    from without_notes
),
keyed as (
    select
        name, text,
        nullif(regexp_replace(text, '[·\-''’]', '', 'g'), '') as name_key
    from readable
)
select
    name,
    case
        when name_key in ('?', '无', '无名', '无名氏', '不详', '未知', '暂无', '测试', '姓名', '某某', '未取名') then null
        else name_key
    end as name_key,
    case when regexp_full_match(text, '[^·]+·[^·]+')
        then least(split_part(text, '·', 1), split_part(text, '·', 2))
            || greatest(split_part(text, '·', 1), split_part(text, '·', 2))
    end as part_key,
    name_key like '%?%' as is_partial
from keyed
order by name
