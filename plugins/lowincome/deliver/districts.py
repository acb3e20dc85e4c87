"""A worklist for every district, also where nothing is open; unknown areas in one of their own when there are any."""

import csv
from collections import Counter
from pathlib import Path

from lowincome.areas import UNKNOWN_AREA
from lowincome.deliver.columns import list_path
from lowincome.deliver.day import Day, Rows
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.release import held
from lowincome.deliver.results import Listed, listed, summed
from lowincome.deliver.workbook import write_workbook
from lowincome.deliver.worklist import Worklist
from lowincome.lake import read_rows
from lowincome.settings import INCLUDE


def write_worklists(day: Day, flags: Path, counts: Rows, folder: Path) -> list[Listed]:
    """Write a workbook a district, one after the other, locked where the recipient has a password.

    `flags` is the file of worklist.sql, `counts` how many of them there are (flag_count.sql). A list that jumps beyond
    its history is held until somebody released it.
    """
    (folder / "worklists").mkdir()
    waiting = held(new_flags(counts), [record["new_flags"] for record in day.history])
    return [_write(day, _worklist(day, code, name, flags, waiting.get(code)), folder)
            for code, name in _districts(counts)]


def _worklist(day: Day, code: str, name: str, flags: Path, waiting: str | None) -> Worklist:
    own = read_rows(flags, filters=[("district", "=", code)]).to_pylist()
    facts = day.head() | {"sources": day.sources, "parameters": day.parameters}
    recipient = day.recipient(code, f"{name}社会救助部门").name
    because = None if code in day.released else waiting
    return Worklist(code, name, recipient, facts, day.rules, tuple(own), because)


def _write(day: Day, worklist: Worklist, folder: Path) -> Listed:
    path = list_path(worklist.code, worklist.district, day.data_date)
    write_workbook(folder / path, worklist)
    recipient = day.recipients.get(worklist.code)
    if recipient and recipient.password:
        lock_workbook(folder / path, recipient.password, day.vault)
    return listed(day, worklist, path)


def new_flags(counts: Rows) -> Counter[str]:
    """New flags by district."""
    found = summed([row for row in counts if row["state"] == "new"], "district")
    return Counter({code: flags for (code,), flags in found.items()})


def _districts(counts: Rows) -> list[tuple[str, str]]:
    with (INCLUDE / "policy" / "district.csv").open(encoding="utf-8") as file:
        known = [(row["code"], row["name_zh"]) for row in csv.DictReader(file)]
    is_unknown = any(row["district"] == UNKNOWN_AREA and row["state"] != "closed" for row in counts)
    return [*known, (UNKNOWN_AREA, "未知")] if is_unknown else known
