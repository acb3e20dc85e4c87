-- The days on which the newest state of the asked records came, in each canonical table that they feed.
-- Grain: source and day.
with newest as (
    select source, record_key, table_name, max(data_date) as data_date
    from arrival
    where record_key in (select key from asked)
    group by source, record_key, table_name
)
select distinct source, data_date from newest order by all
