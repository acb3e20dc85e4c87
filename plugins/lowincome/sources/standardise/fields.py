"""Columns and fields that a delivery holds and the page does not know: kept in the landing, reported, not fatal.

And for tables that come with types of their own: columns that the page reads and the delivery lacks.
"""

from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome import engine
from lowincome.lake import open_file
from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise.cells import FileRefused, file_refused
from lowincome.sources.standardise.documents import documents_sql
from lowincome.sources.standardise.mapping import origins

FILES_LOOKED_AT, LOOKED_AT = 20, 20_000
"""Files, and rows of each level in them, whose field names are read: a publisher adds a field to every row, not to one
in a thousand. Every level asks the documents of these files, which are kept for that, so all files would not fit."""


def unknown_fields(spec: SourceSpec, part: str, files: list[Path]) -> list[str]:
    """Names in one part of a JSON or Parquet delivery that are not among the page's `known_columns`."""
    if spec.reader == "parquet":
        found = {name for file in files for name in _columns(file)}
    else:
        deepest = max((table for table in spec.tables if table.part == part), key=lambda table: len(table.levels))
        found = _json_names(spec, deepest, files)
    return sorted(found - set(spec.known_columns))


def _json_names(spec: SourceSpec, table: TableSpec, files: list[Path]) -> set[str]:
    paths = list(accumulate(path.removeprefix("$") + "[*]" * (path != "$") for path in table.levels.values()))
    looks = [
        f"select unnest(json_keys(row)) as name from (select unnest({_rows_at(path)}) as row from received "
        f"limit {LOOKED_AT})" for path in paths
    ]
    received = f"with received as ({documents_sql(spec, files[:FILES_LOOKED_AT])})"
    sql = f"{received} select distinct name from ({' union all '.join(looks)})"
    return set(engine.query(sql, {}).column("name").to_pylist())


def _rows_at(path: str) -> str:
    """The rows of one level, each as JSON."""
    return f"json_extract(document, '${path}')" if path else "[document]"


def lacking(spec: SourceSpec, table: TableSpec, files: list[Path]) -> FileRefused | None:
    """The refusal of a database table that is damaged or lacks a column that the page reads; None when all is well."""
    try:
        found = [set(_columns(file)) for file in files]
    except (OSError, pa.ArrowException) as error:
        return file_refused("the table is damaged", f"{spec.id} {table.part}", found=type(error).__name__)
    missing = sorted({origin for names in found for origin in origins(table) if origin not in names})
    if not missing:
        return None
    rows = engine.count(files) if table.counts_as == "rows" else 0
    return file_refused("the table lacks agreed columns", f"{spec.id} {table.part}", rows=rows,
                        found=f"missing {', '.join(missing)}")


def _columns(file: Path) -> list[str]:
    with open_file(file) as opened:
        return list(pq.read_schema(opened).names)
