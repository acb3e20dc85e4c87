"""The first sheet of a workbook: titles, sections, pairs, tables and notes, Chinese first."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any
from unicodedata import east_asian_width

A3, A4 = 8, 9
"""Paper as spreadsheets number it."""


def display_width(text: str) -> int:
    """Width in columns: a Han character or full-width mark takes two."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


@cache
def _character_width(character: str) -> int:
    return 2 if east_asian_width(character) in "WFA" else 1


def row_height(cells: Iterable[tuple[str, int]]) -> float:
    """Points for the tallest of the cells, each with its column's width; programs do not measure wrapped rows."""
    return min(14.5 * max(_lines(value, width - 2) for value, width in cells) + 4, 400)


def _lines(value: str, width: int) -> int:
    """How many lines a text is wrapped into; most cells are too short to ask each character's width."""
    if 2 * len(value) <= width and "\n" not in value:
        return 1
    return _wrapped(value, width)


@lru_cache(10_000)
def _wrapped(value: str, width: int) -> int:
    return sum(-(-display_width(line) // width) or 1 for line in value.split("\n"))


class CoverSheet:
    """Writes a first sheet from top to bottom; `columns` are those beside the labels."""

    def __init__(self, book: Any, sheet: Any, columns: int = 3) -> None:
        self.sheet, self.row, self.last, self.width = sheet, 0, columns, 40 + 20 * columns
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, columns, 20)
        sheet.hide_gridlines(2)
        self.formats = {name: book.add_format(look) for name, look in _LOOKS.items()}

    def title(self, chinese: str, english: str) -> None:
        self._merged(chinese, "title", 28)
        self._merged(english, "english")

    def mark(self, text: str) -> None:
        self._merged(text, "mark")

    def section(self, chinese: str, english: str) -> None:
        self.row += 1
        self._merged(f"{chinese}  {english}", "section")

    def line(self, text: str) -> None:
        self._merged(text, "text", 18 * (1 + display_width(text) // self.width))

    def pair(self, label: str, value: str) -> None:
        self.sheet.write_string(self.row, 0, label, self.formats["label"])
        self.sheet.merge_range(self.row, 1, self.row, self.last, "", self.formats["text"])
        self.sheet.write_string(self.row, 1, value, self.formats["text"])
        self.sheet.set_row(self.row, 18 * (1 + display_width(value) // 60))
        self.row += 1

    def note(self, chinese: str, english: str) -> None:
        self._merged(chinese, "text", 4 + 14 * (1 + display_width(chinese) // self.width))
        self._merged(english, "english", 4 + 13 * (1 + display_width(english) // 110))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        for number, values in enumerate((headings, *rows)):
            look = self.formats["text" if number else "head"]
            for column, value in enumerate(values):
                self.sheet.write_string(self.row, column, value, look)
            self.sheet.set_row(self.row, row_height(zip(values, (40, *[20] * self.last), strict=False)))
            self.row += 1

    def _merged(self, text: str, look: str, height: int = 18) -> None:
        self.sheet.merge_range(self.row, 0, self.row, self.last, "", self.formats[look])
        self.sheet.write_string(self.row, 0, text, self.formats[look])
        self.sheet.set_row(self.row, height)
        self.row += 1


_WRAP = {"text_wrap": True, "valign": "top", "num_format": "@"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
    "english": {"font_color": "#595959", "font_size": 9, **_WRAP},
    "mark": {"font_color": "#595959", "bold": True},
    "section": {"bold": True, "font_size": 11, "bottom": 1},
    "label": {"bold": True, "valign": "top"},
    "head": {"bold": True, "bg_color": "#D9D9D9", "border": 1, **_WRAP},
    "text": _WRAP,
}
