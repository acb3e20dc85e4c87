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
    """One SELECT over the parsed tables and `landed`. A file without rows of its own names stands for its part."""
    rows = " union all ".join(_of_table(table) for table in spec.tables)
    types = schema.duckdb_types("arrival").items()
    columns = ", ".join(f'cast("{name}" as {kind}) as "{name}"' for name, kind in types)
    return (
        f"with stood as ({rows}) select distinct {columns} from (select stood.*, '{spec.id}' as source, run.data_date "
        "from stood cross join run) order by record_key, table_name, file, line"
    )


def _of_table(table: TableSpec) -> str:
    return (
        f"select row.record_key, '{table.name}' as table_name, landed.name as file, landed.sha256, "
        f"landed.run_id, {LINE} as line "
        f"from {table.name} as row inner join landed on landed.part = '{table.part}' "
        "and landed.name = coalesce(row._file, landed.name) where row._reason is null"
    )
