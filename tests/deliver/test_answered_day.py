"""An answer shapes the next day's list and leaves the machine's flags as they are."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
from lowincome.collect import collect
from lowincome.deliver.columns import PLACES

from tests.small_day import D, answer, flags


def test_a_row_that_was_not_confirmed_is_off_the_next_list_while_its_flags_stay_open(
    run_day: Callable[..., Path], tmp_path: Path
) -> None:
    folder = run_day(facts=[answer("A04", quantity=1)])
    book = openpyxl.load_workbook(next((folder / "worklists").glob("370102_*.xlsx")))
    for name, value in (("核查结果", "不属实"), ("核查日期", D.isoformat())):
        book["清单"].cell(2, PLACES[name] + 1).value = value
    inbox = tmp_path / "home" / "answers"
    inbox.mkdir()
    book.save(inbox / "a.xlsx")
    assert collect(f"{D}T18:00:00+08:00")["recorded"] >= 1
    later = run_day(D + timedelta(days=1), facts=[answer("A04", quantity=1)])
    book = openpyxl.load_workbook(next((later / "worklists").glob("370102_*.xlsx")))
    assert book["清单"].max_row == 1
    assert "B04" in {row[0] for row in book["已反馈"].iter_rows(values_only=True)}
    assert flags(later)["B04"]["state"] == "open"
