"""PYTHONPATH=plugins:. python -m benchmarks.workbooks <book.xlsx> …: the cells of worklists by each workbook library.

Every way writes the same texts of the lists' largest sheets and is timed in processor seconds; the last one sets what a
worklist needs, as far as its library can. It also tells whether writing twice gives the same bytes.
"""

import hashlib
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import xlsxwriter
from lowincome.deliver.columns import COLUMNS
from lowincome.deliver.workbook import CELL, options
from rich.console import Console
from rich.table import Table

Cells = list[list[str]]
Way = Callable[[Path, Cells], None]
HEIGHT = 62
"""Points; that of a row with one rule and its reasons."""


def main() -> int:
    """Write, time and print."""
    sheets = [_cells(Path(name)) for name in sys.argv[1:]]
    table = Table("way", "rows a second", "CPU s", "twice the same bytes")
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        for name, way in WAYS.items():
            seconds = min(_seconds(way, Path(folder), sheets) for _ in range(3))
            rows = sum(map(len, sheets))
            again = _is_repeatable(way, Path(folder), sheets[0])
            table.add_row(name, f"{rows / seconds:,.0f}", f"{seconds:.2f}", again)
    Console(width=100).print(table)
    return 0


def _cells(book: Path) -> Cells:
    """The texts of a workbook's longest sheet."""
    opened = openpyxl.load_workbook(book, read_only=True)
    longest = max(opened.worksheets, key=lambda sheet: sheet.max_row or 0)
    return [[value or "" for value in row] for row in longest.iter_rows(values_only=True)]


def _seconds(way: Way, folder: Path, sheets: list[Cells]) -> float:
    began = time.process_time()
    for cells in sheets:
        way(folder / "list.xlsx", cells)
    return time.process_time() - began


def _is_repeatable(way: Way, folder: Path, cells: Cells) -> str:
    digests = set()
    for _ in range(2):
        way(folder / "list.xlsx", cells)
        digests.add(hashlib.sha256((folder / "list.xlsx").read_bytes()).hexdigest())
        time.sleep(2.1)  # a file's own clock counts two seconds
    return "yes" if len(digests) == 1 else "no"


def _openpyxl(path: Path, cells: Cells) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in cells:
        sheet.append(row)
    book.save(path)


def _xlsxwriter(path: Path, cells: Cells) -> None:
    _written(path, cells, {})


def _xlsxwriter_dressed(path: Path, cells: Cells) -> None:
    _written(path, cells, CELL)


def _written(path: Path, cells: Cells, look: dict[str, Any]) -> None:
    book = xlsxwriter.Workbook(str(path), options())
    book.set_properties({"created": datetime(2026, 11, 26)})
    sheet, cell = book.add_worksheet(), book.add_format(look) if look else None
    for number, row in enumerate(cells):
        if look:
            sheet.set_row(number, HEIGHT)
        for column, value in enumerate(row):
            sheet.write_string(number, column, value, cell)
    book.close()


def _rust(path: Path, cells: Cells) -> None:
    import rustpy_xlsxwriter

    rustpy_xlsxwriter.write_worksheet(_records(cells), str(path))


def _rust_dressed(path: Path, cells: Cells) -> None:
    """Formats by column, heights, drop-down, frozen panes, header, group and protection: what a list needs."""
    import rustpy_xlsxwriter

    records, names = _records(cells), [column.zh for column in COLUMNS]
    look = rustpy_xlsxwriter.Format().set_num_format("@").set_text_wrap().set_border("thin")
    rustpy_xlsxwriter.write_worksheet(
        records, str(path), column_formats=[look] * len(names), row_heights=dict.fromkeys(range(len(cells)), HEIGHT),
        freeze_row=1, freeze_col=5, autofilter=True, dedupe_strings=True, password="a list's",
        data_validations={"核查结果": {"type": "list", "values": ["属实", "不属实"]}},
        page_setup={"landscape": True, "header": "&C仅供查看", "footer": "&P / &N", "repeat_rows": 0},
        outline={"columns": [{"from": names[-3], "to": names[-1], "collapsed": True}]})


def _records(cells: Cells) -> list[dict[str, str]]:
    """As the library takes them; its first row are the names."""
    return [dict(zip((column.zh for column in COLUMNS), row, strict=True)) for row in cells[1:]]


WAYS: dict[str, Way] = {
    "openpyxl, texts alone": _openpyxl, "xlsxwriter, texts alone": _xlsxwriter,
    "xlsxwriter, format and height": _xlsxwriter_dressed, "rustpy-xlsxwriter, texts alone": _rust,
    "rustpy-xlsxwriter, all that a list needs": _rust_dressed}


if __name__ == "__main__":
    sys.exit(main())
