"""Where every accepted row of a delivery stood: landing, file, digest and line. It is what lineage is read from."""

from typing import Any

import pyarrow as pa
from lowincome import schema
from lowincome.sources.spec import SourceSpec, TableSpec

LINE = "nullif(case when _line > 0 then _line else _place end, 0)"
"""The physical line; in a page of JSON the place in its array; null where a format has neither."""


def landed_files(manifest: dict[str, Any]) -> pa.Table:
    """The files of a landing by part (view `landed`)."""
    names = ("part", "name", "sha256", "run_id")
    rows = [{**entry, "run_id": manifest["run_id"]} for entry in manifest["files"]]
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in names]))


def arrival_sql(spec: SourceSpec) -> str:
    """One SELECT over the parsed tables and `landed`. A table of a database names no file: its part has but one."""
    rows = " union all ".join(_of_table(table, spec.reader != "parquet") for table in spec.tables)
    types = schema.duckdb_types("arrival").items()
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types)
    return (
        f"with stood as ({rows}) select distinct {columns} from (select stood.*, '{spec.id}' as source, run.data_date "
        "from stood cross join run) order by record_key, table_name, file, line"
    )


def _of_table(table: TableSpec, names_file: bool) -> str:
    """The rows of a table with their file; an equality, for any other condition compares every row with every file."""
    same_file = "landed.name = row._file" if names_file else "true"
    return (
        f"select row.record_key, '{table.name}' as table_name, landed.name as file, landed.sha256, "
        f"landed.run_id, {LINE} as line "
        f"from {table.name} as row inner join landed on landed.part = '{table.part}' "
        f"and {same_file} where row._reason is null"
    )
