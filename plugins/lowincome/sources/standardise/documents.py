"""The rows of a delivery as the engine opens them, each with where it stood; nested JSON unfolded level by level."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from lowincome import engine
from lowincome.sources.spec import SourceSpec
from lowincome.sources.standardise.twins import Name, may_hold_twins, noting_twins

LEAST_OBJECT, LARGEST_OBJECT = 1 << 24, 1 << 28
LONGEST_LINE = 1 << 23
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
        f"select {_OBJECT} as document, {_text(file.name)} as _file, cast(null as varchar) as _fault, _line, "
        f"{place}::bigint * 1000000000 + _line as _order, 0 as _place, null as _position "
        f"from (select text, row_number() over () as _line from {_lines_of(file)}) where ltrim(text) <> ''"
        for place, file in enumerate(files)
    )


def _lines_of(file: Path) -> str:
    """The lines of a file, ended by LF, CRLF or now the one and now the other: read as strict, only one of them ends
    a line. No JSON holds the delimiter: it is the control character itself."""
    return (
        f"read_csv([{_names([file])}], columns = {{'text': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
        "new_line = '\\r\\n', strict_mode = false, "
        f"header = false, auto_detect = false, max_line_size = {LONGEST_LINE}, buffer_size = {LONGEST_LINE})"
    )


def _json_pages(files: list[Path]) -> str:
    """One document a page; the transports number pages in their names as they came."""
    return (
        "select json as document, parse_filename(filename) as _file, cast(null as varchar) as _fault, 0 as _line, "
        "0 as _place, cast(regexp_extract(filename, '([0-9]+)[.]json$', 1) as bigint) as _order, null as _position "
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


def levels_sql(
    levels: Sequence[Level], keeps_broken: bool, must_hold: str = "", apart: Name | None = None
) -> str:
    """Nested rows of `received` unfolded level by level; `_place` is a row's place in its array.

    `apart` tells the rows of the second level from each other; `_twin` says where it does not.

    A document is opened once, into the cells that are read and no others, and the cells of a level are read before the
    next one is unfolded: what a report says of itself is read once, not once for each of its items. `keeps_broken`
    keeps one row for a document that cannot be read, so that it is counted and quarantined.
    """
    first, opened = levels[0], Level("_opened", "$", {}, set(), ((), ()))
    parent = opened if first.steps else first
    sql = _opened(levels, parent, must_hold, apart)
    sql = _read(f"({sql})", first) if not first.steps else _read(_unfolded(f"({sql})", opened, first), first)
    for parent, child in pairwise(levels):
        rows = f"({sql})" if keeps_broken else f"({sql} where document is not null)"
        if child in levels[2:3]:
            rows = _noting_no_array(rows, parent, child)
        sql = _read(_unfolded(rows, parent, child), child)
        if apart and child is levels[1]:
            sql = f"select * exclude (_twins), _twins[_place] as _twin from ({sql})"
    return sql


def _opened(levels: Sequence[Level], parent: Level, must_hold: str, apart: Name | None) -> str:
    """Documents with what is opened of them, and a fault where `must_hold` is no array of at least one row."""
    whole = _below(levels) if levels[0].steps else _shape(levels)
    shape = _text(json.dumps(({must_hold: ["BOOLEAN"]} if must_hold else {}) | whole, ensure_ascii=False))
    sql = f"select *, json_transform(document, {shape}) as {parent.name} from received"
    if must_hold:
        rows = f"coalesce(len({parent.name}[{_text(must_hold)}]), 0)"
        fault = f"case when document is not null and {rows} = 0 then {_text(no_row(must_hold))} else _fault end"
        sql = f"select * replace ({fault} as _fault) from ({sql})"
    if len(levels) == 3 or apart:
        sql = f"select *, {_whole(levels, apart)} as _whole from ({sql})"
    return noting_twins(sql, _rows_at(*levels[:2]), apart) if apart else sql


def _whole(levels: Sequence[Level], apart: Name | None) -> str:
    """The rows of the second level as they came, where one of them has no array of the third, or may have a twin.

    What was opened does not tell whether it is missing or something else, nor all in which twins may differ. Few
    documents are opened again for that, and each of them once, not once for each of its rows.
    """
    rows = _rows_at(*levels[:2])
    lacks = [f"list_contains([one{_at(third)} is null for one in {rows}], true)" for third in levels[2:]]
    when = " or ".join(lacks + ([may_hold_twins(rows, apart)] if apart else []))
    return f"case when {when} then json_extract(document, {_text(levels[1].path + '[*]')}) end"


def _rows_at(parent: Level, child: Level) -> str:
    """The rows of a level within what was opened of the one above."""
    return parent.name + _at(child)


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


def _noting_no_array(rows: str, parent: Level, child: Level) -> str:
    """Rows with a fault where the array of the level below is something else; where it is missing, it has no rows."""
    kind = f"json_type(_whole[_place], {_text(child.path)})"
    fault = (f"case when {parent.name}{_at(child)} is not null then _fault "
             f"when {kind} <> 'NULL' then {_text(no_array(child.path))} else _fault end")
    return f"(select * replace ({fault} as _fault) from {rows})"


def no_row(array: str) -> str:
    """The fault of a document without a row in an array that must hold some."""
    return f"no_{array}"


def no_array(path: str) -> str:
    """The fault of what should be an array and is not."""
    return f"{path.removeprefix('$.')}_no_array"


def _at(level: Level) -> str:
    """Where its rows lie in what was opened of the level above."""
    return "".join(f"[{_text(step)}]" for step in level.steps)


def _unfolded(rows: str, parent: Level, child: Level) -> str:
    """A row for each of an array; of what is at fault one, which is quarantined."""
    array = f"case when document is null or _fault is not null then [null] else {parent.name}{_at(child)} end"
    return (f"(select * exclude (_array), unnest(_array) as {child.name}, unnest(range(1, len(_array) + 1)) as _place "
            f"from (select * exclude (_place, {parent.name}), {array} as _array from {rows}))")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
