"""The current state of a source on a data date: what was known before, replaced by the source's own word.

A full delivery is the state. An incremental one replaces owners whole (a report version, a person's items)
or single keys by the newest row.
"""

from pathlib import Path

from lowincome import engine
from lowincome.sources.spec import TableSpec


def accepted_sql(table: TableSpec, columns: list[str]) -> str:
    """The accepted rows of one delivery, one per key: the newest, then the later delivered."""
    keys = ", ".join(f'"{key}"' for key in table.key)
    newest = "".join(f'"{column}" desc nulls last, ' for column in table.newest)
    rank = f"row_number() over (partition by {keys} order by {newest}_order desc, _line desc)" if keys else "1"
    return (
        f"select {_list(columns)}, _findings, _order from (select *, {rank} as _rank from parsed "
        f"where _reason is null and _version_order = 1) where _rank = 1"
    )


def merge(
    table: TableSpec, columns: list[str], accepted: Path, parsed: list[Path], previous: list[Path], out: Path
) -> int:
    """Write the state after this delivery; the number of rows of the state.

    `parsed` holds every row of the delivery that names an owner: an owner sent again without rows loses its rows.
    """
    inputs = {"accepted": [accepted], "parsed": parsed}
    if not previous:
        return engine.write_query(f"select {_list(columns)} from accepted order by all", inputs, out)
    replaced = table.owner or table.key
    match = " and ".join(f'o."{key}" is not distinct from p."{key}"' for key in replaced)
    owners = f"select distinct {_list(list(replaced))} from parsed"
    kept = f"select {_list(columns)} from previous p where not exists (select 1 from ({owners}) o where {match})"
    fresh = f"select {_list(columns)} from accepted"
    if table.newest and not table.owner:
        kept, fresh = _newest(table, columns)
    sql = f"select * from ({kept} union all {fresh}) order by all"
    return engine.write_query(sql, inputs | {"previous": previous}, out)


def _newest(table: TableSpec, columns: list[str]) -> tuple[str, str]:
    """Rows of before and of today where each key keeps its newest row; on a tie today's."""
    keys = ", ".join(f'"{key}"' for key in table.key)
    newest = ", ".join(f'"{column}" desc nulls last' for column in table.newest)
    both = (
        f"select {_list(columns)}, 1 as _age from previous union all select {_list(columns)}, 0 as _age from accepted"
    )
    ranked = f"select *, row_number() over (partition by {keys} order by {newest}, _age) as _rank from ({both})"
    kept = f"select {_list(columns)} from ({ranked}) where _rank = 1 and _age = 1"
    return kept, f"select {_list(columns)} from ({ranked}) where _rank = 1 and _age = 0"


def _list(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
