"""The rows of a delivery as the engine opens them, each with where it stood; nested JSON unfolded level by level."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from lowincome import engine
from lowincome.sources.spec import SourceSpec

LEAST_OBJECT, LARGEST_OBJECT = 1 << 24, 1 << 28
_OBJECT = "case when json_valid(text) and regexp_matches(text, '^[ \\t\\r]*[{]') then text end"


def documents_sql(spec: SourceSpec, files: list[Path]) -> str:
    """Every delivered document (or flat row) with where it stood: `_order` counts up as they were received."""
    if spec.reader == "json":
        return _json_lines(files) if str(files[0]).endswith(".gz") else _json_pages(files)
    rows = f"from read_parquet([{_names(files)}])"
    if spec.reader == "parquet":
        return (f"select *, row_number() over () as _order, null as _fault, null as _file, 0 as _line, 0 as _place, "
                f"null as _position {rows}")
    return f"select *, row_number() over () as _order, 0 as _place {rows}"


def _json_lines(files: list[Path]) -> str:
    """Gzip NDJSON. A line that is no JSON object stays as a null document."""
    return " union all ".join(
        f"select {_OBJECT} as document, {_text(file.name)} as _file, null as _fault, _line, "
        f"{place}::bigint * 1000000000 + _line as _order, 0 as _place, null as _position "
        f"from (select text, row_number() over () as _line from {_lines_of(file)}) where ltrim(text) <> ''"
        for place, file in enumerate(files)
    )


def _lines_of(file: Path) -> str:
    return (
        f"read_csv([{_names([file])}], columns = {{'text': 'VARCHAR'}}, delim = '\\x01', quote = '', escape = '', "
        "header = false, auto_detect = false, max_line_size = 8388608, buffer_size = 8388608)"
    )


def _json_pages(files: list[Path]) -> str:
    """One document a page; the transports number pages in their names as they came."""
    return (
        "select json as document, parse_filename(filename) as _file, null as _fault, 0 as _line, 0 as _place, "
        "cast(regexp_extract(filename, '([0-9]+)[.]json$', 1) as bigint) as _order, null as _position "
        f"from read_json_objects([{_names(files)}], format = 'unstructured', filename = true, "
        f"maximum_object_size = {_largest_object(files)})"
    )


def _largest_object(files: list[Path]) -> int:
    """Bytes of the largest page, within what is accepted. The engine sets twice as much aside for each thread, so a
    bound for all days would not fit into a small memory limit on any."""
    return min(max(LEAST_OBJECT, *(file.stat().st_size for file in files)), LARGEST_OBJECT)


def _names(files: list[Path]) -> str:
    return ", ".join(engine.literal(path) for path in files)


@dataclass(frozen=True)
class Level:
    """One level of nested rows: where its rows lie in the level above, and what is read of each.

    `cells` are the names of its cells by column, `typed` the columns whose JSON type is asked for too (`t:`). `reads`
    are the expressions over the cells' texts (`x:`), in two steps of which the second may name what the first gives.
    """

    name: str
    path: str
    cells: Mapping[str, str]
    typed: Set[str]
    reads: tuple[Sequence[str], Sequence[str]]

    @property
    def steps(self) -> list[str]:
        """The names that lead from the level above to its rows; none where it is the document itself."""
        return self.path.split(".")[1:]


def levels_sql(levels: Sequence[Level], keeps_broken: bool) -> str:
    """Nested rows of `received` unfolded level by level; `_place` is a row's place in its array.

    A document is opened once, into the cells that are read and no others, and the cells of a level are read before the
    next one is unfolded: what a report says of itself is read once, not once for each of its items. `keeps_broken`
    keeps one row for a document that cannot be read, so that it is counted and quarantined.
    """
    first, opened = levels[0], Level("_opened", "$", {}, set(), ((), ()))
    shape = _text(json.dumps(_shape(levels) if not first.steps else _below(levels), ensure_ascii=False))
    parent = opened if first.steps else first
    sql = f"select *, json_transform(document, {shape}) as {parent.name} from received"
    sql = _read(f"({sql})", first) if not first.steps else _read(_unfolded(f"({sql})", opened, first), first)
    for parent, child in pairwise(levels):
        rows = f"({sql})" if keeps_broken else f"({sql} where document is not null)"
        sql = _read(_unfolded(rows, parent, child), child)
    return sql


def _shape(levels: Sequence[Level]) -> dict[str, Any]:
    """What is opened of a row of the first level and of the levels below it, as json_transform is told."""
    cells = {name: "JSON" if column in levels[0].typed else "VARCHAR" for column, name in levels[0].cells.items()}
    return cells | (_below(levels[1:]) if len(levels) > 1 else {})


def _below(levels: Sequence[Level]) -> dict[str, Any]:
    """The array of the first level's rows under the names that lead to it."""
    shape: Any = [_shape(levels)]
    for step in reversed(levels[0].steps):
        shape = {step: shape}
    return dict(shape)


def _read(rows: str, level: Level) -> str:
    """The rows with the cells of one level, and what is read of them."""
    cells = [sql for column, name in level.cells.items()
             for sql in _cell(f"{level.name}[{_text(name)}]", column, column in level.typed)]
    for step in (cells, *level.reads):
        rows = f"(select {', '.join(['*', *step])} from {rows})"
    return f"select * from {rows}"


def _cell(value: str, column: str, is_typed: bool) -> tuple[str, ...]:
    """The text of a cell, and its type; with its type it stays JSON until here."""
    if is_typed:
        return (f"json_extract_string({value}, '$') as \"x:{column}\"", f'json_type({value}) as "t:{column}"')
    return (f'{value} as "x:{column}"',)


def _unfolded(rows: str, parent: Level, child: Level) -> str:
    found = parent.name + "".join(f"[{_text(step)}]" for step in child.steps)
    array = f"case when document is null then [null] else {found} end"
    return (f"(select * exclude (_array), unnest(_array) as {child.name}, unnest(range(1, len(_array) + 1)) as _place "
            f"from (select * exclude (_place, {parent.name}), {array} as _array from {rows}))")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
