"""What a delivery was like, table by table: the row of numbers that the suite `delivery` judges.

File level: does it balance, is it as announced, is it as large as is due. Over time: against the last good day and
the median of like days (working days or weekends, full or incremental), columns and codes that came or went.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
from lowincome import engine, schema
from lowincome.lake import Lake
from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise import source_day
from lowincome.sources.standardise.source_day import SourceDay
from lowincome.sources.standardise.state import Candidate

LIKE_DAYS = 12
FEWEST_ROWS = 20
WHOLE_PERSON = "household_key, id_raw, name"


@dataclass(frozen=True)
class Before:
    """What is known of the days before: the last good day, and the newest ones of any kind."""

    good: dict[str, Any] | None
    days: list[dict[str, Any]]
    root: Path

    @classmethod
    def of(cls, lake: Lake, source: str, data_date: date) -> "Before":
        """The days before a date."""
        good = source_day.last_good_day(lake, source, data_date)
        return cls(good, source_day.good_days(lake, source, data_date, LIKE_DAYS), lake.root)

    def table(self, name: str) -> list[Path]:
        """The table of the last good day; nothing when there was none."""
        entry = self.good["tables"].get(name) if self.good else None
        return [self.root / entry["path"]] if entry else []

    def rows(self, name: str) -> int | None:
        """Rows of the table on the last good day."""
        return self.good["tables"].get(name, {}).get("rows") if self.good else None

    def like(self, table: str, mode: str | None, day: date) -> list[int]:
        """Rows delivered on the like days."""
        alike = [record for record in self.days if record.get("mode") == mode and _is_working(record) == _works(day)]
        return [entry["rows_in"] for record in alike for entry in record["delivery"] if entry["table_name"] == table]


def rows_of_delivery(
    spec: SourceSpec, day: SourceDay, candidates: list[Candidate], before: Before, is_shrink_accepted: bool
) -> pa.Table:
    """One row a table of the source."""
    rows = [_row(spec, day, candidate, before) | {"is_shrink_accepted": is_shrink_accepted}
            for candidate in candidates]
    day.delivery = rows
    return pa.Table.from_pylist(rows, schema.TABLES["delivery"])


def _row(spec: SourceSpec, day: SourceDay, candidate: Candidate, before: Before) -> dict[str, Any]:
    table = candidate.table
    like = before.like(table.name, day.mode, day.data_date)
    least, most = spec.expected_rows if table.counts_as == "rows" else (0, None)
    return {
        "source": spec.id, "table_name": table.name, "is_full": day.mode == "full",
        "rows_in": candidate.delivered, "kept": candidate.kept, "quarantined": candidate.rejected,
        "fresh": candidate.fresh, "announced": candidate.announced, "state_rows": candidate.rows,
        "least": least, "most": most, "previous_rows": before.rows(table.name), "max_shrink": spec.max_shrink,
        **_turnover(table, candidate, before), "like_days": len(like), "like_median": median(like) if like else None,
        "vanished_columns": _vanished(candidate, before),
        "unknown_codes": sum(f["count"] for f in day.findings if f["code"].startswith(f"{table.name}:unknown_code")),
        "unknown_columns": sum(f["code"].startswith(f"{table.part}:unknown_column") for f in day.findings),
    }


def _turnover(table: TableSpec, candidate: Candidate, before: Before) -> dict[str, int | None]:
    """Persons of today's state that the last good day did not have, and the other way round."""
    previous = before.table(table.name)
    if table.counts_as != "rows" or not previous:
        return {"added": None, "removed": None}
    sql = (
        f"with person as (select {WHOLE_PERSON}, true as is_today from today "
        f"union all select {WHOLE_PERSON}, false as is_today from previous), "
        "seen as (select bool_or(is_today) as is_today, bool_or(not is_today) as was_before from person "
        f"group by {WHOLE_PERSON}) "
        "select count(*) filter (where not was_before) as added, count(*) filter (where not is_today) as removed "
        "from seen"
    )
    return dict(engine.query(sql, {"today": [candidate.path], "previous": previous}).to_pylist()[0])


def _vanished(candidate: Candidate, before: Before) -> str | None:
    """Columns that mostly held something on the last good day and hold nothing in today's delivery."""
    previous = before.table(candidate.table.name)
    if not previous or candidate.fresh < FEWEST_ROWS:
        return None
    now = _filled(candidate.table.name, candidate.accepted)
    then = _filled("previous", {"previous": previous})
    gone = [name for name, share in then.items() if share > 0.5 and now.get(name) == 0]
    return "|".join(gone) or None


def _filled(name: str, inputs: dict[str, engine.Input]) -> dict[str, float]:
    """The share of rows that hold something, by column."""
    columns = engine.query(f"select * from {name} limit 0", inputs).column_names
    shares = ", ".join(f'count("{column}") / greatest(count(*), 1) as "{column}"' for column in columns)
    return dict(engine.query(f"select {shares} from {name}", inputs).to_pylist()[0])


def _works(day: date) -> bool:
    return day.weekday() < 5


def _is_working(record: dict[str, Any]) -> bool:
    return _works(date.fromisoformat(record["data_date"]))
