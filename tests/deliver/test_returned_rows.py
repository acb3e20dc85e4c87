"""What comes back of a filled list can be read as it is and on paper: every row is as high as its text, a page wide."""

from pathlib import Path

import openpyxl
import pytest
from lowincome.deliver.answers import WHOLE_FILE, FilledRow, reasons, return_whole, write_returned
from openpyxl.worksheet.worksheet import Worksheet


@pytest.fixture
def sheet(tmp_path: Path) -> Worksheet:
    """Two rows that came back: one of two rules, one of one."""
    rows = [FilledRow(7, ("A01\nA02\nA04", "属实", "", "")), FilledRow(8, ("B04", "同意", "2026-11-22", ""))]
    write_returned(tmp_path / "a.xlsx", [(row, reasons()["closed"]) for row in rows])
    found: Worksheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["退回"]
    return found


def test_a_row_is_as_high_as_its_tallest_cell_and_so_is_the_heading(sheet: Worksheet) -> None:
    heights = [sheet.row_dimensions[number].height for number in (1, 2, 3)]
    assert heights == pytest.approx([33, 47.5, 33], abs=0.5)  # programs round to pixels


def test_it_is_printed_on_pages_one_wide_that_repeat_the_heading(sheet: Worksheet) -> None:
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows) == (
        "landscape", 0, "$1:$1")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_a_row_is_named_by_the_workbooks_number_and_a_whole_file_as_one(sheet: Worksheet, tmp_path: Path) -> None:
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["工作簿行号\nRow", "7", "8"]
    return_whole(tmp_path / "b.xlsx", "not_xlsx")
    assert openpyxl.load_workbook(tmp_path / "b.xlsx")["退回"]["A2"].value == WHOLE_FILE
