"""Prepares what the pages show of one day: eight small tables a district, masked, in one folder that appears whole."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lowincome import engine
from lowincome.areas import UNKNOWN_AREA
from lowincome.findings import is_set_aside
from lowincome.lake import write_rows
from lowincome.mask import mask_address, mask_id, mask_name, mask_phone
from lowincome.settings import INCLUDE
from lowincome.working_days import due_date, numbered

SQL = INCLUDE / "sql" / "web" / "prepare"
TABLES = ("flag", "item", "choice", "criterion", "member", "family", "fact", "statistic")
MASKS: dict[str, Callable[[str | None], str]] = {
    "name": mask_name, "id_no": mask_id, "phone": mask_phone, "address": mask_address}
WORDS = ("title_zh", "title_en", "advice_zh", "advice_en", "legal_basis")
ROWS_PER_GROUP = 8192
DAYS_KEPT = 7


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, rules: Iterable[Mapping[str, Any]], answered: pa.Table,
    folder: Path,
) -> dict[str, int]:
    """Write `<folder>/<district>/<table>.parquet` aside and swap the folder in; rows by table.

    `answered` holds a year's flags with what became of each (register/statistics.py).
    """
    known: dict[str, engine.Input] = {
        **inputs, "run": run, "rule": _rules(rules), "answered_flag": answered, "calendar": calendar(answered, run)}
    known["judged_criterion"] = inputs["criterion"]
    work = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    rows = {}
    for name in TABLES:
        table = engine.query(SQL / f"{name}.sql", known)
        known[name] = _completed(table, run) if name == "flag" else table
        _write(_masked(known[name]), name, work)
        rows[name] = table.num_rows
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return rows


def remove_old(pages: Path, data_date: date) -> None:
    """Pages are copies of personal data: those of days more than a week before `data_date` are removed."""
    oldest = (data_date - timedelta(days=DAYS_KEPT)).isoformat()
    for day in pages.iterdir():
        if day.name < oldest:
            shutil.rmtree(day)


@cache
def district_names() -> dict[str, tuple[str, str]]:
    """Code → Chinese and English name of the city's districts, and 000000 for areas that are unknown."""
    lines = (INCLUDE / "policy" / "district.csv").read_text("utf-8").splitlines()[1:]
    names = {code: (chinese, english) for code, chinese, english in (line.split(",") for line in lines)}
    return names | {UNKNOWN_AREA: ("未知", "Unknown area")}


def _rules(rules: Iterable[Mapping[str, Any]]) -> pa.Table:
    names = ("id", "deadline_working_days", *WORDS)
    return pa.Table.from_pylist([{name: rule[name] for name in names} for rule in rules])


def calendar(answered: pa.Table, run: pa.Table) -> pa.Table:
    """Every day between which statistics count working days, with its number."""
    (today,) = run["data_date"].to_pylist()
    seen, visited = (answered[name].drop_null().to_pylist() for name in ("first_seen", "visited_on"))
    numbers = numbered(min([*seen, today - timedelta(days=1)]), max([*visited, today]))
    return pa.table({"day": pa.array(numbers, pa.date32()), "working_day": pa.array(numbers.values(), pa.int64())})


def _completed(flags: pa.Table, run: pa.Table) -> pa.Table:
    """What SQL cannot say of a flag: its due date, and whether it still asks for work on the day."""
    (data_date,) = run["data_date"].to_pylist()
    states, found, visits = (flags[name].to_pylist() for name in ("state", "finding", "visited_on"))
    asking = [
        state != "closed" and not is_set_aside(finding, visited_on, data_date)
        for state, finding, visited_on in zip(states, found, visits, strict=True)
    ]
    return _with_due_date(flags).append_column("is_asking", pa.array(asking, pa.bool_()))


def _with_due_date(flags: pa.Table) -> pa.Table:
    """The flag's deadline in working days from its first day."""
    pairs = zip(flags["first_seen"].to_pylist(), flags["deadline_working_days"].to_pylist(), strict=True)
    return flags.append_column("due_date", pa.array([due_date(*pair) for pair in pairs], pa.date32()))


def _masked(table: pa.Table) -> pa.Table:
    for name, mask in MASKS.items():
        if name in table.column_names:
            values = pa.array([mask(value) for value in table[name].to_pylist()], pa.string())
            table = table.set_column(table.column_names.index(name), name, values)
    return table


def _write(table: pa.Table, name: str, work: Path) -> None:
    """One file a district, also where there is nothing; rows lie in item order, so that a card reads one row group."""
    for code in district_names():
        (work / code).mkdir(parents=True, exist_ok=True)
        own = table.filter(pc.equal(table["district"], code))
        write_rows(own, work / code / f"{name}.parquet", ROWS_PER_GROUP)
