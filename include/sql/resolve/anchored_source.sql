-- The sources of whose records somebody has judged. Grain: one source.
select distinct split_part(anchor, ':', 1) as source
from (select left_anchor as anchor from judgement union select right_anchor from judgement)
