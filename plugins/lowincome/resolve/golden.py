"""The golden record of one person: for each attribute the believed value, where it comes from, and its rivals."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pyarrow as pa
import yaml

from lowincome import engine
from lowincome.settings import INCLUDE

Row = dict[str, Any]


def source_order() -> dict[str, list[str]]:
    """Which source is believed first, by attribute."""
    order: dict[str, list[str]] = yaml.safe_load((INCLUDE / "linkage" / "golden.yaml").read_text("utf-8"))
    return order


def golden_record(tables: Mapping[str, engine.Input], person_id: str) -> list[Row]:
    """Attribute, value, source, record key, as-of, the rule that chose it, and the rivals with their sources."""
    known: dict[str, engine.Input] = {
        **tables,
        "asked": pa.table({"person_id": [person_id]}),
        "source_order": _as_table(source_order()),
    }
    values = engine.query(INCLUDE / "sql" / "linkage" / "golden_value.sql", known).to_pylist()
    return [_golden(list(rows)) for _, rows in groupby(values, key=lambda row: row["attribute"])]


def _golden(rows: list[Row]) -> Row:
    best, *rivals = rows
    return {
        "attribute": best["attribute"],
        "value": best["value"],
        "source": best["source"],
        "record_key": best["record_key"],
        "as_of": best["as_of"],
        "rule": f"{best['source']} is place {best['source_place']} for {best['attribute']}",
        "rivals": [{name: rival[name] for name in ("value", "source", "record_key", "as_of")} for rival in rivals],
    }


def _as_table(order: Mapping[str, list[str]]) -> pa.Table:
    rows = [
        {"attribute": attribute, "source": source, "place": place}
        for attribute, sources in order.items()
        for place, source in enumerate(sources, start=1)
    ]
    return pa.Table.from_pylist(rows)
