"""Prepares what the pages show of one day: eight small tables a district, masked, in one folder that appears whole."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.areas import UNKNOWN_AREA
from lowincome.aside import aside
from lowincome.findings import is_set_aside
from lowincome.lake import read_rows, write_rows
from lowincome.mask import mask_address, mask_id, mask_key, mask_name, mask_phone
from lowincome.settings import INCLUDE
from lowincome.working_days import due_date, numbered

SQL = INCLUDE / "sql" / "web" / "prepare"
UNANSWERED = INCLUDE / "sql" / "deliver" / "unanswered.sql"
"""The list's own statement: the card tells what the list told."""
TABLES = ("flag", "item", "choice", "criterion", "member", "family", "fact", "statistic")
MASKS: dict[str, Callable[[str | None], str]] = {
    "name": mask_name, "id_no": mask_id, "phone": mask_phone, "address": mask_address,
    **dict.fromkeys(("household_key", "record_key", "evidence"), mask_key)}
"""How a column is shown; keys are masked where a source took an ID for its number."""
WORDS = ("title_zh", "title_en", "advice_zh", "advice_en", "legal_basis")
ROWS_PER_GROUP = 8192
DAYS_KEPT = 7


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, rules: Iterable[Mapping[str, Any]], answered: pa.Table,
    folder: Path,
) -> dict[str, int]:
    """Write `<folder>/<district>/<table>.parquet` aside and swap the folder in; rows by table.

    `answered` holds a year's flags with what became of each (register/statistics.py). The city's tables stand in files,
    by district: in memory is one district's.
    """
    known: dict[str, engine.Input] = {
        **inputs, "run": run, "rule": _rules(rules), "answered_flag": answered, "calendar": calendar(answered, run)}
    known |= {"deadline": _deadlines(known), "set_aside": _set_aside(known, run)}
    known["judged_criterion"] = inputs["criterion"]
    work = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    rows = {}
    with aside("pages") as scratch:
        engine.run_sql(UNANSWERED, known, scratch / "unanswered.parquet")
        known["unanswered"] = [scratch / "unanswered.parquet"]
        for name in TABLES:
            file = scratch / f"{name}.parquet"
            rows[name] = engine.run_sql(SQL / f"{name}.sql", known, file, rows_a_group=ROWS_PER_GROUP)
            known[name] = [file]
            _write(file, work)
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


def _deadlines(known: Mapping[str, engine.Input]) -> pa.Table:
    """The day on which each deadline of the day's flags ends, in working days from the flag's first day."""
    found = engine.query(SQL / "deadline.sql", known)
    ends = [due_date(row["first_seen"], row["deadline_working_days"]) for row in found.to_pylist()]
    return found.append_column("due_date", pa.array(ends, pa.date32()))


def _set_aside(known: Mapping[str, engine.Input], run: pa.Table) -> pa.Table:
    """Which answers keep their flags off the day's lists: finding and day of the visit."""
    (data_date,) = run["data_date"].to_pylist()
    found = engine.query(SQL / "answer.sql", known)
    is_aside = [is_set_aside(row["finding"], row["visited_on"], data_date) for row in found.to_pylist()]
    return found.filter(pa.array(is_aside, pa.bool_()))


def _masked(table: pa.Table) -> pa.Table:
    for name, mask in MASKS.items():
        if name in table.column_names:
            values = table[name].to_pylist()
            shown = {value: mask(value) for value in set(values)}  # a record stands in many rows
            masked = pa.array([shown[value] for value in values], pa.string())
            table = table.set_column(table.column_names.index(name), name, masked)
    return table


def _write(file: Path, work: Path) -> None:
    """One file a district, also where there is nothing; rows lie in item order, so that a card reads one row group."""
    for code in district_names():
        (work / code).mkdir(parents=True, exist_ok=True)
        own = read_rows(file, filters=[("district", "=", code)])
        write_rows(_masked(own), work / code / file.name, ROWS_PER_GROUP)
