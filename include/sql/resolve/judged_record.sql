-- Current records about which people have decided. Grain: record and anchor.
select record_anchor.record_key, record_anchor.anchor
from record_anchor
inner join (select left_anchor as anchor from judgement union select right_anchor from judgement) as side
    on record_anchor.anchor = side.anchor
order by record_anchor.record_key
