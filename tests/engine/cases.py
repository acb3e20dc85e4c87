"""Small tables with everything that two engines may read differently, and the statements that ask them."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import yaml

DIFFERENCES: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "differences.yaml").read_text("utf-8"))
TABLES = {
    "amount": pa.table({
        "parts": pa.array([Decimal("14440355289360000000001"), Decimal(-7)], pa.decimal128(38, 0)),
        "months": pa.array([3, 2], pa.int64()), "small": pa.array([7, -7], pa.int64()),
        "exact": pa.array([Decimal("2.50000000"), Decimal("-3.49999999")], pa.decimal128(38, 8)),
        "about": pa.array([2.5, 3.5], pa.float64()),
    }),
    "period": pa.table({
        "since": pa.array([date(2026, 1, 31), date(2024, 2, 29)]), "until": pa.array([date(2026, 11, 22), None]),
        "shift": pa.array([1, 12], pa.int32()),
        "seen_at": pa.array([datetime(2026, 1, 2, 3, 4, 5, 120_000), datetime(2025, 12, 31, 23, 59, 59)],
                            pa.timestamp("us")),
    }),
    "word": pa.table({
        "written": ["20260230", "20260228", "a1b2", None, "a\nb", "a\\b", "ab\n", "x:ab", "a\vb", " 12 "],
        "place": pa.array(range(10), pa.int64()),
    }),
}
SPARK = {"int64": "bigint", "int32": "int", "string": "string", "double": "double", "date32[day]": "date",
         "timestamp[us]": "timestamp_ntz"}
TYPES = {
    name: {field.name: SPARK.get(str(field.type), str(field.type).replace("128", "")) for field in table.schema}
    for name, table in TABLES.items()
}
"""Spark's type of each column."""
