-- Every current record in its cluster, a view. id_number: null where the record does not stand in its cluster by its ID.
-- Grain: one record key. score: the probability that the record belongs to its person; 1 where an ID or a person says so.
select
    current_record.*,
    coalesce(own.cluster_no, joined.cluster_no, current_record.id_number) as cluster_no,
    own.record_no is not null as is_own,
    case
        when own.record_no is not null
            then coalesce(own.method, case when current_record.is_subsidy then 'held_for_review' else 'alone' end)
        when joined.method in ('judged', 'two_ids') then joined.method
        when current_record.id_kind = 'upgraded15' then 'upgraded_id'
        else 'valid_id'
    end as method,
    coalesce(own.score, 1.0) as score
from current_record
left join (select * from cluster where record_no is not null) as own on current_record.record_no = own.record_no
left join (select * from cluster where id_number is not null) as joined on current_record.id_number = joined.id_number
