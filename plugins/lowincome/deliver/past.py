"""One small record a published day: what trends, the index over days and the pages of sources are drawn from.

Readers open the newest few records only, so a day costs the same after five years as on the first.
"""

from datetime import date
from pathlib import Path
from typing import Any

from lowincome.lake import read_json, write_json

Record = dict[str, Any]
COUNTED = ("state", "as_of", "rows_in", "kept", "quarantined", "refused", "title", "title_zh")
SHOWN_DAYS = 31


def record(found: dict[str, Any]) -> Record:
    """The record of a day, from its validation/results.json."""
    return {
        "data_date": found["data_date"],
        "state": found["state"],
        "run_id": found["run_id"],
        "flags": found["flags"],
        "returns": found["returns"],
        "sources": {name: {key: source[key] for key in COUNTED} for name, source in found["sources"].items()},
        "expectations": {
            expectation_key(result): [result["failing_count"], result["success"]] for result in found["expectations"]
        },
        "new_flags": {code: entry["flags"]["new"] for code, entry in found["worklists"].items()},
    }


def expectation_key(result: dict[str, Any]) -> str:
    """An expectation's name over all days."""
    return f"{result['source']}/{result['table']}.{result['expectation']}"


def keep(folder: Path, entry: Record) -> Path:
    """Write the record of a day, over that of an earlier run of the same day."""
    return write_json(folder / f"{entry['data_date']}.json", entry)


def before(folder: Path, data_date: date, days: int = SHOWN_DAYS - 1) -> list[Record]:
    """The newest records of days before a date, oldest first."""
    paths = [path for path in sorted(folder.glob("*.json")) if path.stem < data_date.isoformat()]
    return [read_json(path) for path in paths[-days:]]


def newest_date(folder: Path) -> str:
    """The newest published day, yyyy-mm-dd; empty where none is."""
    return max((path.stem for path in folder.glob("*.json")), default="")


def newest(folder: Path, days: int = SHOWN_DAYS) -> list[Record]:
    """The newest records, oldest first."""
    return before(folder, date.max, days)


def age(day: Record, source: str) -> int | None:
    """Days between a source's data and the day; None where it never came."""
    as_of = day["sources"][source]["as_of"]
    return (date.fromisoformat(day["data_date"]) - date.fromisoformat(as_of)).days if as_of else None


def month(folder: Path, name: str) -> list[Record]:
    """The records of one month (yyyy-mm), newest first."""
    return [read_json(path) for path in sorted(folder.glob(f"{name}-*.json"), reverse=True)]


def months(folder: Path) -> list[str]:
    """Every month with a published day, newest first."""
    return sorted({path.stem[:7] for path in folder.glob("*.json")}, reverse=True)
