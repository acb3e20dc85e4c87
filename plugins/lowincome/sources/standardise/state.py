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

    Of `delivered` rows `rejected` go to quarantine; of the others `fresh` count, the rest are repetitions. `accepted`
    are the inputs of which the one with the table's name holds the fresh rows. `rows` are those of the state,
    `announced` what the transport (or the reader of an odd file) counted.
    """

    table: TableSpec
    path: Path
    accepted: dict[str, engine.Input]
    rows: int
    delivered: int
    rejected: int
    fresh: int
    announced: int | None = None

    @property
    def kept(self) -> int:
        """Rows that were neither quarantined nor refused."""
        return self.delivered - self.rejected


def repeated_sql(table: TableSpec) -> str:
    """Rows of `parsed` that were not rejected and do not count: their document or their key came again.

    Without a key, those of a row that stood in its document before. Of one key the newest counts, then the later
    delivered. Only rows whose key came more than once are ranked: to rank all costs more than to read them.
    """
    kept = "select * from parsed where _reason is null"
    if not table.document:
        return f"with received as ({kept}) {_repeated_keys(table)}"
    return (f"with silent as ({_silent(table)}), "
            f"received as ({kept} and _order not in (select _order from silent)) {_repeated_keys(table)} "
            "union all select _row from parsed where _reason is null and _order in (select _order from silent)")


def _silent(table: TableSpec) -> str:
    """Documents that say nothing: their own row was rejected, or a later one that was not has the same owner."""
    last = f"select max(_order) from owners where _reason is null group by {_list(table.owner)}"
    return f"select _order from owners where _order not in ({last})"


def _repeated_keys(table: TableSpec) -> str:
    if not table.key:
        return "select _row from received where _is_repeat"
    newest = "".join(f'"{column}" desc nulls last, ' for column in table.newest)
    rank = f"row_number() over (partition by {_list(table.key)} order by {newest}_order desc, _place desc)"
    return (
        f", many as (select {_list(table.key)} from received group by all having count(*) > 1) "
        f"select _row from (select *, {rank} as _rank from received "
        f"where exists (select 1 from many where {_same(table.key, 'many', 'received')})) where _rank > 1"
    )


def accepted_rows(
    table: TableSpec, columns: list[str], parsed: engine.Input, repeated: Path
) -> dict[str, engine.Input]:
    """Inputs of which the one with the table's name holds the accepted rows of one delivery, one per key.

    They are seen in what was parsed, less what was repeated: to write them once more costs more than to look twice.
    """
    delivered, gone = f"{table.name}_parsed", f"{table.name}_repeated"
    accepted = (
        f"select {_list(columns)}, _findings, _line from {_noting_repeats(table, columns, delivered)} "
        f"where _reason is null and _row not in (select _row from {gone})"
    )
    return {delivered: parsed, gone: [repeated], table.name: accepted}


def _noting_repeats(table: TableSpec, columns: list[str], delivered: str) -> str:
    """Delivered rows; `is_rewritten` where one key came with different content, both accepted, in one delivery."""
    if "is_rewritten" not in columns:
        return delivered
    over = f"(content_digest) over (partition by {_list(table.key)})"
    return f"(select * replace (min{over} <> max{over} as is_rewritten) from {delivered} where _reason is null)"


def merge(
    table: TableSpec, columns: list[str], accepted: dict[str, engine.Input], owners: list[Path], previous: list[Path],
    out: Path,
) -> int:
    """Write the state after this delivery; the number of rows of the state.

    `owners` holds every row of the delivery that names an owner: an owner sent again without rows loses its rows.
    """
    order = _order(table, columns)
    inputs = {**accepted, "accepted": f"select {_list(columns)} from {table.name}", "owners": owners}
    if not previous:
        return engine.write_query(f"select * from accepted order by {order}", inputs, out)
    kept, fresh = _newest(table, columns) if table.newest and not table.owner else _replaced(table, columns)
    sql = f"select * from ({kept} union all {fresh}) order by {order}"
    return engine.write_query(sql, inputs | {"previous": previous}, out)


def _order(table: TableSpec, columns: list[str]) -> str:
    """The columns from the first to the last of the key, which no two rows share; all of them where there is no key."""
    last = max(map(columns.index, table.key), default=len(columns) - 1)
    return _list(columns[: last + 1])


def _replaced(table: TableSpec, columns: list[str]) -> tuple[str, str]:
    """Rows of before whose owner (or key) was not delivered again, and today's."""
    replaced = table.owner or table.key
    told = "where _reason is null" if table.document else ""
    owners = f"select distinct {_list(replaced)} from owners {told}"
    kept = (f"select {_list(columns)} from previous p "
            f"where not exists (select 1 from ({owners}) o where {_same(replaced, 'o', 'p')})")
    return kept, f"select {_list(columns)} from ({_noting_rewrites(table, columns)})"


def _noting_rewrites(table: TableSpec, columns: list[str]) -> str:
    """Today's rows; `is_rewritten` also where the last good day had other content under the same key."""
    if "is_rewritten" not in columns:
        return "select * from accepted"
    match = _same(table.key, "p", "a")
    return (f"select a.* replace (a.is_rewritten or coalesce(p.content_digest <> a.content_digest, false) "
            f"as is_rewritten) from accepted a left join previous p on {match}")


def _newest(table: TableSpec, columns: list[str]) -> tuple[str, str]:
    """Rows of before whose key was not delivered again, and of each that was its newest row; on a tie today's."""
    came = f"exists (select 1 from accepted a where {_same(table.key, 'p', 'a')})"
    both = (f"select {_list(columns)}, 1 as _age from previous p where {came} "
            f"union all select {_list(columns)}, 0 as _age from accepted")
    newest = ", ".join(f'"{column}" desc nulls last' for column in table.newest)
    rank = f"row_number() over (partition by {_list(table.key)} order by {newest}, _age)"
    kept = f"select {_list(columns)} from previous p where not {came}"
    return kept, f"select {_list(columns)} from (select *, {rank} as _rank from ({both})) where _rank = 1"


def _same(columns: tuple[str, ...], left: str, right: str) -> str:
    """Whether two rows agree in every column, unknown and unknown included."""
    return " and ".join(f'{left}."{column}" is not distinct from {right}."{column}"' for column in columns)


def _list(columns: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
