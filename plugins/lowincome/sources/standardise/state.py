"""The current state of a source on a data date: what was known before, replaced by the source's own word.

A full delivery is the state. An incremental one replaces owners whole (a report version, a person's items)
or single keys by the newest row.
"""

from dataclasses import dataclass
from pathlib import Path

from lowincome import engine
from lowincome.sources.spec import TableSpec


@dataclass(frozen=True)
class Candidate:
    """One table of the day before it is let in.

    Of `delivered` rows `rejected` go to quarantine; of the others `fresh` count, the rest are repetitions. `rows`
    are those of the state, `announced` what the transport (or the reader of an odd file) counted.
    """

    table: TableSpec
    path: Path
    accepted: Path
    rows: int
    delivered: int
    rejected: int
    fresh: int
    announced: int | None = None

    @property
    def kept(self) -> int:
        """Rows that were neither quarantined nor refused."""
        return self.delivered - self.rejected


def accepted_sql(table: TableSpec, columns: list[str]) -> str:
    """The accepted rows of one delivery, one per key: the newest, then the later delivered.

    Only rows whose key came more than once are ranked: to rank all costs more than to read them.
    """
    received = f"select * from {_received(table, columns)} where _reason is null and _version_order = 1"
    out = f"{_list(columns)}, _findings, _line, _order"
    if not table.key:
        return f"select {out} from ({received})"
    newest = "".join(f'"{column}" desc nulls last, ' for column in table.newest)
    rank = f"row_number() over (partition by {_list(table.key)} order by {newest}_order desc, _place desc)"
    is_repeated = f"exists (select 1 from repeated where {_same(table.key, 'repeated', 'received')})"
    return (
        f"with received as ({received}), "
        f"repeated as (select {_list(table.key)} from received group by all having count(*) > 1) "
        f"select {out} from received where not {is_repeated} union all "
        f"select {out} from (select *, {rank} as _rank from received where {is_repeated}) where _rank = 1"
    )


def _received(table: TableSpec, columns: list[str]) -> str:
    """Delivered rows; `is_rewritten` where one key came with different content in one delivery."""
    if "is_rewritten" not in columns:
        return "parsed"
    over = f"(content_digest) over (partition by {_list(table.key)})"
    return f"(select * replace (min{over} <> max{over} as is_rewritten) from parsed)"


def merge(
    table: TableSpec, columns: list[str], accepted: Path, parsed: list[Path], previous: list[Path], out: Path
) -> int:
    """Write the state after this delivery; the number of rows of the state.

    `parsed` holds every row of the delivery that names an owner: an owner sent again without rows loses its rows.
    """
    inputs: dict[str, engine.Input] = {"accepted": [accepted], "parsed": parsed}
    if not previous:
        return engine.write_query(f"select {_list(columns)} from accepted order by all", inputs, out)
    replaced = table.owner or table.key
    match = _same(replaced, "o", "p")
    owners = f"select distinct {_list(replaced)} from parsed"
    kept = f"select {_list(columns)} from previous p where not exists (select 1 from ({owners}) o where {match})"
    fresh = f"select {_list(columns)} from ({_noting_rewrites(table, columns)})"
    if table.newest and not table.owner:
        kept, fresh = _newest(table, columns)
    sql = f"select * from ({kept} union all {fresh}) order by all"
    return engine.write_query(sql, inputs | {"previous": previous}, out)


def _noting_rewrites(table: TableSpec, columns: list[str]) -> str:
    """Today's rows; `is_rewritten` also where the last good day had other content under the same key."""
    if "is_rewritten" not in columns:
        return "select * from accepted"
    match = _same(table.key, "p", "a")
    return (f"select a.* replace (a.is_rewritten or coalesce(p.content_digest <> a.content_digest, false) "
            f"as is_rewritten) from accepted a left join previous p on {match}")


def _newest(table: TableSpec, columns: list[str]) -> tuple[str, str]:
    """Rows of before and of today where each key keeps its newest row; on a tie today's."""
    newest = ", ".join(f'"{column}" desc nulls last' for column in table.newest)
    both = (
        f"select {_list(columns)}, 1 as _age from previous union all select {_list(columns)}, 0 as _age from accepted"
    )
    rank = f"row_number() over (partition by {_list(table.key)} order by {newest}, _age)"
    ranked = f"select *, {rank} as _rank from ({both})"
    kept = f"select {_list(columns)} from ({ranked}) where _rank = 1 and _age = 1"
    return kept, f"select {_list(columns)} from ({ranked}) where _rank = 1 and _age = 0"


def _same(columns: tuple[str, ...], left: str, right: str) -> str:
    """Whether two rows agree in every column, unknown and unknown included."""
    return " and ".join(f'{left}."{column}" is not distinct from {right}."{column}"' for column in columns)


def _list(columns: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
