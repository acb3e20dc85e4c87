"""Lineage over a year: python -m benchmarks.lineage [households] [days]

Plants what the days of a year leave for lineage (arrivals of six sources, records behind flags, locks, manifests, the
register with its looks) and asks it about random flags and records, with the verbs' own functions. The bound is one
second at p95 for each question at 100,000 households and 365 days. Starting Python is not counted. "CPU ms" is what a
question costs on both cores together: it tells a slow question from a busy machine.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from lowincome import lineage
from lowincome.lake import Lake, write_json
from lowincome.register import ledger
from lowincome.register.models import AccessEntry, Flag, FlagEvent, RegisterDay
from lowincome.trace_verbs import Places, trace_flag, trace_record
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, insert

LAST, QUESTIONS, BOUND = date(2026, 11, 22), 40, 1.0
DISTRICTS = [f"3701{number:02d}" for number in (2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 24, 26)]
FULL = {"assistance_roster": 16, "rural_revitalization": 0.2, "disabled_federation": 0.4}
CHANGED = {"province_check": 0.03, "city_check": 0.03, "medical_insurance": 0.3}
"""Rows a household that a source delivers a day: whole states (the roster with a year of payments), and changes."""
FULL_DAYS = 14
"""Whole states are read from the newest on, a week at once: older ones would only lie there."""
LOOKS_A_DAY, FLAGS_A_HOUSEHOLD, RECORDS_A_FLAG = 500, 0.4, 15


def main() -> int:
    """Plant, ask, print; 1 when a question takes longer than the bound."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    days = [LAST - timedelta(days=back) for back in range(int(sys.argv[2]) if len(sys.argv) > 2 else 365)][::-1]
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        places = _plant(Path(folder), households, days)
        console.print(f"{households} households, {len(days)} days planted in {time.perf_counter() - began:.0f} s")
        table, is_slow = _ask(places, households)
    console.print(table)
    return int(is_slow)


def _plant(home: Path, households: int, days: list[date]) -> Places:
    lake, url = Lake(home / "lake"), f"sqlite:///{home / 'register.db'}"
    ledger.migrate(url)
    places = Places(lake, home / "output", create_engine(url))
    for source, rows in (FULL | CHANGED).items():
        _plant_arrivals(lake, source, int(households * rows), days)
    _plant_flags(lake, int(households * FLAGS_A_HOUSEHOLD), days)
    for day in days:
        _plant_day(places, day)
    _plant_register(places, int(households * FLAGS_A_HOUSEHOLD), days)
    return places


def _plant_arrivals(lake: Lake, source: str, rows: int, days: list[date]) -> None:
    """A full source brings the same keys every day, a changing one a random part of them."""
    shift = "0" if source in FULL else f"hash(range) % {rows * 30}"
    base = (f"select '{source}' as source, '0001' as run_id, '{source}:' || lpad((range + {shift})::varchar, 9, '0') "
            "as record_key, 'person_record' as table_name, 'file' as file, sha256('file') as sha256, range as line "
            f"from range({rows}) order by record_key")
    planted = days[-FULL_DAYS:] if source in FULL else days
    paths = {day: lake.partition("standardised", "arrival", day, source) for day in planted}
    _copies(base, paths, 122_880)


def _plant_flags(lake: Lake, flags: int, days: list[date]) -> None:
    sources = ", ".join(f"'{source}'" for source in FULL | CHANGED)
    base = (f"select list_extract([{sources}], (1 + range % 6)::int) || ':' || lpad((range // 6)::varchar, 9, '0') "
            f"as record_key, 'F' || lpad((range // {RECORDS_A_FLAG})::varchar, 16, '0') as flag_id, 'run' as run_id, "
            f"'B04' as rule_id, list_extract({DISTRICTS}, (1 + range % 12)::int) as district, 'open' as state, "
            f"range % 5 = 0 as is_evidence from range({flags * RECORDS_A_FLAG}) order by record_key, flag_id")
    _copies(base, {day: lake.lineage(day, "run") for day in days}, lineage.ROWS_A_GROUP)


def _copies(base: str, paths: dict[date, Path], rows_a_group: int) -> None:
    """The table of every day: the same rows under the day's date."""
    database = duckdb.connect()
    database.execute(f"create table base as {base}")
    for day, path in paths.items():
        path.parent.mkdir(parents=True)
        rows = f"select *, date '{day}' as data_date from base"
        database.execute(f"copy ({rows}) to '{path}' (format parquet, compression zstd, row_group_size {rows_a_group})")
    database.close()


def _plant_day(places: Places, day: date) -> None:
    """The lock and the manifest of a day."""
    sources = {source: {"as_of": day.isoformat(), "tables": {}} for source in FULL | CHANGED}
    write_json(places.lake.lock(day), {"data_date": day.isoformat(), "run_id": "run", "sources": sources})
    files = ["flags.csv", "links.csv", *(f"worklists/{district}_list.xlsx" for district in DISTRICTS)]
    outputs = {path: {"sha256": "0" * 64, "rows": 1} for path in files}
    write_json(places.output / ".versions" / f"{day}-000000000000" / "manifest.json",
               {"data_date": day.isoformat(), "run_id": "run", "outputs": outputs, "sources": sources})


def _plant_register(places: Places, flags: int, days: list[date]) -> None:
    ids = [f"F{number:016d}" for number in range(flags)]
    event = {"data_date": days[0], "revision": 1, "event": "opened", "certainty": "certain", "rule_version": 1,
             "direction": "B", "district": DISTRICTS[0]}
    counts = {f"flags_{state}": 0 for state in ("new", "open", "held", "closed")} | {"events_sha256": ""}
    looks = [{"at": datetime(2026, 1, 1), "user_name": "zhang", "action": "workbook" if number == 0 else "card",
              "subject": DISTRICTS[0] if number == 0 else f"H{random.randrange(flags)}", "reason": "worklist",
              "data_date": day, "detail": ""} for day in days for number in range(LOOKS_A_DAY)]
    with places.register.begin() as connection:
        connection.execute(insert(RegisterDay), [{"data_date": day, "revision": 1, "run_id": "run"} | counts
                                                 for day in days])
        connection.execute(insert(Flag), [{"flag_id": one, "rule_id": "B04", "subject_id": f"H{place}",
                                           "first_seen": days[0]} for place, one in enumerate(ids)])
        connection.execute(insert(FlagEvent), [{"flag_id": one, "household_id": f"H{place}"} | event
                                               for place, one in enumerate(ids)])
        connection.execute(insert(AccessEntry), looks)


def _ask(places: Places, households: int) -> tuple[Table, bool]:
    flags, records = int(households * FLAGS_A_HOUSEHOLD), int(households * FULL["assistance_roster"])
    questions: dict[str, Callable[[int], object]] = {
        "flag to files": lambda chance: trace_flag(places, f"F{chance % flags:016d}"),
        "roster record to all": lambda chance: trace_record(places, f"assistance_roster:{chance % flags:09d}"),
        "roster record without flags": lambda chance: trace_record(
            places, f"assistance_roster:{records - 1 - chance % flags:09d}"),
    }
    table, is_slow = Table("question", "p50 ms", "p95 ms", "max ms", "CPU ms"), False
    for name, question in questions.items():
        spent = time.process_time()
        taken = sorted(_seconds(question) for _ in range(QUESTIONS))
        spent = (time.process_time() - spent) / QUESTIONS
        p95 = taken[QUESTIONS * 95 // 100]
        is_slow = is_slow or p95 > BOUND
        table.add_row(name, *(f"{1000 * value:.0f}" for value in (taken[QUESTIONS // 2], p95, taken[-1], spent)))
    return table, is_slow


def _seconds(question: Callable[[int], object]) -> float:
    chance = random.randrange(10**9)
    began = time.perf_counter()
    question(chance)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
