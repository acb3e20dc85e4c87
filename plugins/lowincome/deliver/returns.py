"""A workbook for every source's owner, also where nothing is to be corrected, and the scorecards for the report."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.deliver.day import Day, Rows
from lowincome.deliver.error_return import ErrorReturn
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.return_book import write_return
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "returns"
Known = Mapping[str, engine.Input]


def error_returns(day: Day, known: Known) -> list[ErrorReturn]:
    """The day's returns, also of a source that has nothing to correct: then it is told so."""
    rows: Rows = engine.query(SQL / "return_row.sql", known).to_pylist()
    weeks: Rows = engine.query(SQL / "scorecard.sql", {**known, "source_result": _results(day)}).to_pylist()
    return [
        ErrorReturn(
            source=name, recipient=day.recipient(name, entry["publisher"]).name, data_date=day.data_date, told=entry,
            words=day.fault_words[name],
            open=[row for row in rows if row["source"] == name and row["status"] == "open"],
            closed=[row for row in rows if row["source"] == name and row["status"] != "open"],
            weeks=[week for week in weeks if week["source"] == name],
        )
        for name, entry in sorted(day.sources.items())
    ]


def write_returns(day: Day, returns: list[ErrorReturn], folder: Path) -> dict[str, int]:
    """Write the workbooks, locked where the recipient has a password; rows by path."""
    (folder / "returns").mkdir()
    rows = {}
    for one in returns:
        path = f"returns/{one.source}.xlsx"
        rows[path] = write_return(folder / path, one)
        password = day.recipient(one.source, one.recipient).password
        if password:
            lock_workbook(folder / path, password, day.vault)
    return rows


def scorecards(returns: list[ErrorReturn]) -> dict[str, Rows]:
    """The weeks of every source as JSON holds them: counts and days, no record."""
    return {one.source: [_plain(week) for week in one.weeks] for one in returns}


def _plain(week: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in week.items()
            if key != "source"}


def _results(day: Day) -> pa.Table:
    """State and rows of every source on the day and on those before it."""
    days = [*day.history, {"data_date": day.data_date.isoformat(), "sources": day.sources}]
    kinds = {"source": pa.string(), "data_date": pa.date32(), "state": pa.string(), "rows_in": pa.int64(),
             "quarantined": pa.int64(), "refused": pa.int64()}
    rows = [{"source": name, "data_date": date.fromisoformat(record["data_date"])}
            | {key: entry[key] for key in ("state", "rows_in", "quarantined", "refused")}
            for record in days for name, entry in record["sources"].items()]
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))
