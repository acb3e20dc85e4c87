"""The synthetic records as one day of the pipeline: what the resolve stage is given, and running it into a folder."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from lowincome import engine, schema
from lowincome.resolve import stage

DAY = date(2026, 11, 22)
RUN = pa.table({"data_date": pa.array([DAY], pa.date32()), "identity_key": ["a key of the benchmark"]})


def inputs(records: pa.Table, previous: Mapping[str, engine.Input] | None = None) -> dict[str, engine.Input]:
    """Every table that the stage reads; the province's records stand in one report a household."""
    empty: dict[str, engine.Input] = {name: kinds.empty_table() for name, kinds in schema.TABLES.items()}
    before = ("person_anchor", "person_link", "household_key")
    empty |= {f"previous_{table}": schema.TABLES[table].empty_table() for table in before}
    persons = _person_records(records)
    return {**empty, "person_record": persons, "check_report": _reports(persons), **(previous or {})}


def resolve(given: Mapping[str, engine.Input], folder: Path) -> dict[str, int]:
    """Run the stage into `folder`."""
    return stage.build(given, RUN, lambda table: folder / f"{table}.parquet")


def _person_records(records: pa.Table) -> pa.Table:
    count = records.num_rows
    is_province = pc.equal(records["source"], "province_check")
    known = {name: records[name] for name in records.column_names if name in schema.TABLES["person_record"].names}
    known |= {
        "report_no": pc.if_else(is_province, records["household_key"], pa.scalar(None, pa.string())),
        "report_version": pc.if_else(is_province, 1, pa.scalar(None, pa.int64())),
        "id_type": pa.array(["1"] * count),
        "is_valid": pa.array([True] * count),
    }
    kinds = schema.TABLES["person_record"]
    columns = [known[kind.name].cast(kind.type) if kind.name in known else pa.nulls(count, kind.type) for kind in kinds]
    return pa.Table.from_arrays(columns, schema=kinds)


def _reports(persons: pa.Table) -> pa.Table:
    sql = """
        select distinct source, report_no as record_key, report_no, report_version, household_key,
            null as area_code, null as check_reason, null as authorized_on, null as authorized_until,
            date '2026-11-01' as checked_on
        from person_record where report_no is not null
    """
    return engine.query(sql, {"person_record": persons})
