-- Each address as it is compared, and the present district that it names: half-width digits, without province, city,
-- district and white space, numbers of building, unit and room joined by "-". District names of old lists (章丘市,
-- 莱城区, 济阳县) mean the present district; a name that belongs to another city means nothing.
-- Grain: one address as written. Null in address_key: nothing left to compare; in district: none is named.
with district as (
    select distinct history.name, area_code.present_code
    from area_code_history as history
    inner join area_code on history.area_code = area_code.old_code
),
half_width as (
    select
        address,
        regexp_replace(
            translate(address, '０１２３４５６７８９－—＃，', '0123456789--#,'), '[\s\x{3000}"'']|[(（][^)）]*[)）]', '', 'g'
        ) as text
    from (select distinct address from located where address is not null)
),
split as (
    select
        address,
        regexp_extract(
            text, '^(?:山东省|山东)?(?:济南市|莱芜市|济南)?(?:市辖区)?(济南高新区|高新区|[^0-9]{1,4}?[区县市])', 1
        ) as district_name,
        regexp_replace(
            text, '^(?:山东省|山东)?(?:济南市|莱芜市|济南)?(?:市辖区)?(济南高新区|高新区|[^0-9]{1,4}?[区县市])?', ''
        ) as local_text
    from half_width
),
joined as (
    select
        address, district_name,
        regexp_replace(
            regexp_replace(local_text, '(号楼|号院|号|栋|幢|单元|层|楼|室|户|#|-)+', '-', 'g'), '[-,]*(,.*)?$', ''
        ) as text
    from split
)
select
    joined.address,
    case when length(joined.text) >= 4 then joined.text end as address_key,
    case when joined.district_name in ('济南高新区', '高新区') then '370176' else district.present_code end as district
from joined
left join district on joined.district_name = district.name
order by joined.address
