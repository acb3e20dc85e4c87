-- How records came to their persons, for auditors. Grain: source and method. Counts only.
select
    link.source, link.method, count(*) as record_count, count(distinct link.person_id) as person_count,
    count(distinct case when member.household_id is null then link.person_id end) as without_household_count
from person_link as link
left join household_member as member on link.person_id = member.person_id
group by link.source, link.method
order by link.source, link.method
