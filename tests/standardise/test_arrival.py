"""Where rows stood is found at the cost of the rows, whatever the number of files that they came in."""

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.sources.spec import SourceSpec
from lowincome.sources.standardise.arrival import arrival_sql, landed_files

from tests.standardise.deliveries import SOURCES, D

PARSED = {"record_key": pa.string(), "_file": pa.string(), "_reason": pa.string(), "_line": pa.int64(),
          "_place": pa.int64()}
ROWS, FILES = 5_000, 1_000


@pytest.mark.parametrize("spec", SOURCES.values(), ids=lambda spec: spec.id)
def test_no_row_is_compared_with_every_file(spec: SourceSpec) -> None:
    plan = engine.query(f"explain (format json) {arrival_sql(spec)}", inputs(spec)).column("explain_value")[0].as_py()
    assert "HASH_JOIN" in plan or spec.reader == "parquet"
    assert "NL_JOIN" not in plan and "NESTED_LOOP" not in plan


def inputs(spec: SourceSpec) -> dict[str, engine.Input]:
    """Many rows of each table, and many files of each part."""
    files = [{"part": table.part, "name": f"{table.part}-{number}", "sha256": "", "rows": None}
             for table in spec.tables for number in range(FILES)]
    rows = pa.table({name: pa.array(["1" if kind == pa.string() else 1] * ROWS, kind) for name, kind in PARSED.items()})
    landed = landed_files({"run_id": "0001", "files": files})
    return {"run": pa.table({"data_date": [D]}), "landed": landed, **{table.name: rows for table in spec.tables}}
