"""The rows of a delivery as the engine opens them, each with where it stood; nested JSON unfolded level by level."""

from collections.abc import Mapping
from pathlib import Path

from lowincome import engine
from lowincome.sources.spec import SourceSpec, TableSpec

Cells = Mapping[str, Mapping[str, str]]
"""By level, and by the column that a cell is put into: the cell's own name."""
LEAST_OBJECT, LARGEST_OBJECT = 1 << 24, 1 << 28
_OBJECT = "case when json_type(try_cast(text as json)) = 'OBJECT' then cast(text as json) end"


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
        f"from (select text, row_number() over () as _line from {_lines_of(file)}) where trim(text) <> ''"
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


def levels_sql(levels: list[tuple[str, str]], keeps_broken: bool, cells: Cells) -> str:
    """Nested rows of `received` unfolded level by level; `_place` is a row's place in its array.

    `keeps_broken` keeps one row for a document that cannot be read, so that it is counted and quarantined. The cells
    of a level are read before the next one is unfolded: a report is opened once, not once for each of its items.
    """
    (first, path), rest = levels[0], levels[1:]
    sql = f"select *, document as {first} from received"
    if path != "$":
        sql = _unfolded("received", "document", levels[0])
    sql = _read(sql, first, cells)
    for parent, child in zip(levels, rest, strict=False):
        rows = f"({sql})" if keeps_broken else f"({sql} where document is not null)"
        sql = _read(_unfolded(rows, parent[0], child), child[0], cells)
    return sql


def _read(rows: str, level: str, cells: Cells) -> str:
    """The rows with the cells of one level: text `x:` and type `t:` of each. Their texts come from one call, which
    opens the document once for all of them."""
    names = cells.get(level, {})
    if not names:
        return rows
    paths = {column: _text(f'$."{name}"') for column, name in names.items()}
    texts = ", ".join(f'_texts[{place}] as "x:{column}"' for place, column in enumerate(paths, 1))
    types = ", ".join(f'json_type({level}, {path}) as "t:{column}"' for column, path in paths.items())
    opened = f"select *, json_extract_string({level}, [{', '.join(paths.values())}]) as _texts, {types} from ({rows})"
    return f"select * exclude (_texts), {texts} from ({opened})"


def _unfolded(rows: str, parent: str, child: tuple[str, str]) -> str:
    name, path = child
    found = f"from_json({parent} -> '{path}', '[\"JSON\"]')"
    array = f"case when document is null then [cast(null as json)] else {found} end"
    return (f"select * exclude (_array), unnest(_array) as {name}, unnest(range(1, len(_array) + 1)) as _place "
            f"from (select * exclude (_place), {array} as _array from {rows})")


def received_sql(table: TableSpec) -> str:
    """Documents; of one that was delivered again under the same key the last has `_version_order` 1."""
    if not table.repeat:
        return "select *, 1 as _version_order from document"
    keys = ", ".join(f"document ->> '$.{origin.split('.')[1]}'" for origin in table.repeat)
    last = f"select max(_order) from document group by {keys}"
    return f"select *, case when _order in ({last}) then 1 else 2 end as _version_order from document"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
