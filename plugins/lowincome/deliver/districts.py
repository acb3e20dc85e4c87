"""A worklist for every district, also where nothing is open; unknown areas in one of their own when there are any."""

import csv
from collections import Counter
from pathlib import Path

from lowincome.areas import UNKNOWN_AREA
from lowincome.deliver.columns import list_path
from lowincome.deliver.day import Day, Rows
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.release import held
from lowincome.deliver.workbook import write_workbook
from lowincome.deliver.worklist import Worklist
from lowincome.settings import INCLUDE


def worklists(day: Day, flags: Rows) -> list[Worklist]:
    """Every district's list; a list that jumps beyond its history is held until somebody released it."""
    waiting = held(new_flags(flags), [record["new_flags"] for record in day.history])
    facts = day.head() | {"sources": day.sources, "parameters": day.parameters}
    lists = []
    for code, name in _districts(flags):
        own = tuple(flag for flag in flags if flag["district"] == code)
        recipient = day.recipient(code, f"{name}社会救助部门").name
        because = None if code in day.released else waiting.get(code)
        lists.append(Worklist(code, name, recipient, facts, day.rules, own, because))
    return lists


def write_worklists(day: Day, lists: list[Worklist], folder: Path) -> dict[str, int]:
    """Write the workbooks, locked where the recipient has a password; rows by path."""
    (folder / "worklists").mkdir()
    rows = {}
    for worklist in lists:
        path = list_path(worklist.code, worklist.district, day.data_date)
        rows[path] = write_workbook(folder / path, worklist)
        recipient = day.recipients.get(worklist.code)
        if recipient and recipient.password:
            lock_workbook(folder / path, recipient.password, day.vault)
    return rows


def new_flags(flags: Rows) -> Counter[str]:
    """New flags by district."""
    return Counter(flag["district"] for flag in flags if flag["state"] == "new")


def _districts(flags: Rows) -> list[tuple[str, str]]:
    with (INCLUDE / "policy" / "district.csv").open(encoding="utf-8") as file:
        known = [(row["code"], row["name_zh"]) for row in csv.DictReader(file)]
    is_unknown = any(flag["district"] == UNKNOWN_AREA and flag["state"] != "closed" for flag in flags)
    return [*known, (UNKNOWN_AREA, "未知")] if is_unknown else known
