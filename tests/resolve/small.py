"""A handful of records through the whole stage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome import engine, schema
from lowincome.resolve import stage
from lowincome.resolve.model import Model

DAY = date(2026, 11, 22)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(stem: str) -> str:
    """A valid number from its first 17 digits."""
    return stem + "10X98765432"[sum(int(d) * w for d, w in zip(stem, WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True)
class Resolved:
    """The tables of one day."""

    folder: Path

    def table(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table."""
        return list(pq.read_table(self.folder / f"{name}.parquet").to_pylist())

    def links(self) -> dict[str, dict[str, Any]]:
        """person_link by record key."""
        return {row["record_key"]: row for row in self.table("person_link")}

    def persons(self) -> dict[str, str]:
        """Person id by record key."""
        return {key: row["person_id"] for key, row in self.links().items()}

    def groups(self) -> set[frozenset[str]]:
        """Who is together."""
        found = defaultdict(set)
        for key, person in self.persons().items():
            found[person].add(key)
        return {frozenset(keys) for keys in found.values()}

    def previous(self) -> dict[str, engine.Input]:
        """What the next day continues."""
        return {f"previous_{table}": [self.folder / f"{table}.parquet"] for table in ("person_anchor", "person_link")}


def resolve(
    folder: Path,
    records: Iterable[Mapping[str, Any]],
    previous: Mapping[str, engine.Input] | None = None,
    judgements: Iterable[Mapping[str, Any]] = (),
    day: date = DAY,
    model: Model | None = None,
) -> Resolved:
    """Run the stage on rows {key: "source:no", name, id, birth, sex, phone, address, family, kind: subsidy}."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [dict(row) for row in records]
    people = [_person_record(row) for row in rows if row.get("kind") != "subsidy"]
    tables: dict[str, engine.Input] = {name: kinds.empty_table() for name, kinds in schema.TABLES.items()}
    for table in ("person_anchor", "person_link"):
        tables[f"previous_{table}"] = schema.TABLES[table].empty_table()
    tables |= {
        "person_record": _table("person_record", people),
        "check_report": _table("check_report", _reports(people)),
        "subsidy": _table("subsidy", [_subsidy(row) for row in rows if row.get("kind") == "subsidy"]),
        "judgement": _table("judgement", [dict(row) for row in judgements]),
        **(previous or {}),
    }
    run = pa.table({"data_date": pa.array([day], pa.date32()), "identity_key": ["key of the test"]})
    stage.build(tables, run, lambda table: folder / f"{table}.parquet", model)
    return Resolved(folder)


def _person_record(row: Mapping[str, Any]) -> dict[str, Any]:
    source = row["key"].split(":")[0]
    family = row.get("family")
    return {
        "source": source,
        "record_key": row["key"],
        "household_key": family and f"{source}:{family}",
        "name": row.get("name"),
        "id_type": "1",
        "id_raw": row.get("id"),
        "sex": row.get("sex") and str(row["sex"]),
        "birth_date": row.get("birth"),
        "phone": row.get("phone") and str(row["phone"]),
        "address": row.get("address"),
        "is_valid": True,
        "report_no": family if source == "province_check" else None,
        "report_version": 1,
    }


def _reports(people: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    keys = {row["household_key"]: row["report_no"] for row in people if row["source"] == "province_check"}
    return [
        {
            "source": "province_check",
            "record_key": key,
            "household_key": key,
            "report_no": number,
            "report_version": 1,
            "checked_on": DAY,
        }
        for key, number in keys.items()
    ]


def _subsidy(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": "assistance_roster", "record_key": row["key"], "id_raw": row.get("id"), "name": row.get("name")}


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema.TABLES[name])
