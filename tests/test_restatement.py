"""A past day that is run again after a late arrival: what changes, what stays, and what was known then."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
from lowincome import steps

from tests.small_day import D, answer, deliveries, every_flag, flags


def cover(folder: Path) -> str:
    """All text of a worklist's first sheet."""
    book = openpyxl.load_workbook(next((folder / "worklists").glob("370102_*.xlsx")))
    return "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """The flags of a folder by their id."""
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        return {row["flag_id"]: row for row in csv.DictReader(file)}


def test_a_late_source_restates_only_what_it_touches_and_the_list_says_so(run_day: Callable[..., Path]) -> None:
    run_day(facts=[answer("A04", quantity=1)])
    next_day = D + timedelta(days=1)
    first = run_day(next_day, facts=[answer("A04", quantity=1)], rural_revitalization=None)
    known_then, first_run = first.resolve(), json.loads((first / "manifest.json").read_text("utf-8"))["run_id"]
    before = rows(known_then)
    restated = run_day(next_day, facts=[answer("A04", quantity=1)], removed="是")
    after = rows(restated)
    touched = {after[name]["rule_id"] for name in before.keys() & after.keys() if before[name] != after[name]}
    assert touched == {"A08"}
    assert {row["rule_id"]: row["state"] for row in after.values()}["A08"] == "closed"
    assert "更正" in cover(restated) and first_run in cover(restated)
    assert rows(known_then) == before
    assert "更正" not in cover(known_then)


def test_the_same_inputs_again_are_no_restatement(run_day: Callable[..., Path]) -> None:
    first = run_day().resolve()
    for step in steps.DAY:
        step(D.isoformat())
    assert (first.parents[1] / D.isoformat()).resolve() == first
    assert "更正" not in cover(first)


def test_the_days_after_continue_the_restated_day(run_day: Callable[..., Path]) -> None:
    late = {"medical_insurance": None}
    run_day(facts=[answer("A04", quantity=1)], **late)
    opened = flags(run_day(D + timedelta(days=1), facts=[answer("A04", quantity=1)]))["B04"]
    run_day(facts=[answer("A04", quantity=1)], medical_insurance=deliveries(D, [])["medical_insurance"])
    again = flags(run_day(D + timedelta(days=1), facts=[answer("A04", quantity=1)]))["B04"]
    assert (again["flag_id"], again["first_seen"], again["state"]) == (opened["flag_id"], D.isoformat(), "open")


def test_a_flag_that_a_restated_day_never_had_but_the_newest_published_leaves_with_a_row(
    run_day: Callable[..., Path]
) -> None:
    run_day()
    published = every_flag(run_day(D + timedelta(days=1)))
    assert "A08" not in flags(run_day(removed="是"))
    after = every_flag(run_day(D + timedelta(days=2), removed="是"))
    left_open = {flag for flag, row in published.items() if row["state"] != "closed"}
    new = {flag for flag, row in after.items() if row["state"] == "new"}
    assert after.keys() == left_open | new
    (gone,) = (row for row in after.values() if row["rule_id"] == "A08")
    assert (gone["flag_id"] in left_open, gone["first_seen"], gone["state"]) == (True, D.isoformat(), "closed")
