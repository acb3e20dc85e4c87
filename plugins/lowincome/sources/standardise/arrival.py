"""Where every accepted row of a delivery stood: landing, file, digest and line. It is what lineage is read from."""

from typing import Any

import pyarrow as pa
from lowincome import schema
from lowincome.sources.spec import SourceSpec, TableSpec

LINE = "nullif(case when _line > 0 then _line else _place end, 0)"
"""The physical line; in a page of JSON the place in its array; null where a format has neither."""
ORDER = "record_key, table_name, file, line"
"""How the rows of `arrival_sql` are to stand."""


def landed_files(manifest: dict[str, Any]) -> pa.Table:
    """The files of a landing by part (view `landed`)."""
    names = ("part", "name", "sha256", "run_id")
    rows = [{**entry, "run_id": manifest["run_id"]} for entry in manifest["files"]]
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in names]))


def arrival_sql(spec: SourceSpec) -> str:
    """One SELECT over the parsed tables, `landed` and `run`, in no order yet (ORDER).

    A table of a database names no file: its part has but one.
    """
    stood = " union all ".join(_of_table(spec, table) for table in spec.tables)
    types = schema.duckdb_types("arrival").items()
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types)
    return (f"select {columns} from (select stood.*, '{spec.id}' as source, run.data_date "
            f"from ({stood}) as stood cross join run)")


def _of_table(spec: SourceSpec, table: TableSpec) -> str:
    """The rows of a table with their file; an equality, for any other condition compares every row with every file."""
    same_file = "true" if spec.reader == "parquet" else "landed.name = row._file"
    return (
        f"select row.record_key, '{table.name}' as table_name, landed.name as file, landed.sha256, "
        f"landed.run_id, row.line from ({_places(spec, table)}) as row inner join landed "
        f"on landed.part = '{table.part}' and {same_file}"
    )


def _places(spec: SourceSpec, table: TableSpec) -> str:
    """Where the rows of a table stood, each place once. What stands once in an array or on a line has its own place."""
    has_own = spec.reader in ("json", "csv") and len(table.levels) < 2
    return (f"select {'' if has_own else 'distinct'} record_key, _file, {LINE} as line from {table.name} "
            "where _reason is null")
