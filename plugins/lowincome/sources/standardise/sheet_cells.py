"""The shared texts and the rows of a workbook, told as its XML streams by: no tree is built, and no DTD is let in.

openpyxl knows the package, the styles, the dates and whatever else stands in a sheet. To have it read the cells too
takes five times as long: its guarded parser is written in Python, and it makes an object of each cell.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any, NoReturn
from xml.parsers.expat import ParserCreate

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

Row = list[Any]
CHUNK = 1 << 16
SHEET_DATA, ROW, CELL, VALUE, INLINE, ITEM, TEXT, SOUND = (
    f"{SHEET_MAIN_NS}}}{name}" for name in ("sheetData", "row", "c", "v", "is", "si", "t", "rPh"))


class PackageReader(ExcelReader):
    """openpyxl's reader of a package, but for its shared texts."""

    def read_strings(self) -> None:
        """Every shared text in its order."""
        part = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        texts = _Texts()
        if part is not None:
            for _ in texts.walk(self.archive.read(part.PartName[1:])):
                pass
        self.shared_strings = texts.found


def rows_of(sheet: Any, xml: bytes) -> Iterator[tuple[int, Row]]:
    """The rows of a sheet that hold cells, with their number; a number that does not grow is passed over.

    What stands around the rows is read by openpyxl, which refuses what it cannot read.
    """
    rows = _Rows(sheet)
    for _ in rows.walk(xml):
        yield from rows.found
        rows.found.clear()
    around = WorkSheetParser(BytesIO(xml[:rows.begin] + xml[rows.end:]), [])
    for _ in around.parse():
        pass


class _Walk:
    """What the parser tells of a part: the `text` of an element, and of its `t` elements the text of an `item`."""

    def __init__(self) -> None:
        self.parser = ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.started, self.ended
        self.parser.CharacterDataHandler = self.told
        self.text = self.item = ""
        self.is_sound = False

    def walk(self, xml: bytes) -> Iterator[None]:
        """Read on, chunk by chunk."""
        for place in range(0, len(xml), CHUNK):
            self.parser.Parse(xml[place:place + CHUNK])
            yield
        self.parser.Parse(b"", True)

    def started(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.text = ""
        self.is_sound = self.is_sound or tag == SOUND

    def told(self, text: str) -> None:
        """Text of an element."""
        self.text += text

    def ended(self, tag: str) -> None:
        """An element ends; how a text is pronounced is no part of it."""
        if tag == TEXT and not self.is_sound:
            self.item += self.text
        elif tag == SOUND:
            self.is_sound = False


class _Texts(_Walk):
    """Every shared text in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def ended(self, tag: str) -> None:
        super().ended(tag)
        if tag == ITEM:
            self.found.append(self.item.replace("x005F_", ""))
            self.item = ""


class _Rows(_Walk):
    """Every row, and between which bytes the rows stand."""

    def __init__(self, sheet: Any) -> None:
        super().__init__()
        self.strings, self.book = sheet._shared_strings, sheet.parent
        self.found: list[tuple[int, Row]] = []
        self.begin = self.end = 0
        self.number = self.last = self.column = 0
        self.row: Row = []
        self.cell: dict[str, str] = {}
        self.value: Any = None

    def started(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == CELL:
            self.cell, self.value, self.item = attributes, None, ""
        elif tag == ROW:
            self.begin = self.begin or self.parser.CurrentByteIndex
            self.number = _whole(attributes["r"]) if "r" in attributes else self.number + 1
            self.row, self.column = [], 0
        elif tag != VALUE:
            super().started(tag, attributes)
        self.text = ""

    def ended(self, tag: str) -> None:
        if tag == VALUE:
            self.value = None if self.cell.get("t") == "inlineStr" else self.text or None
        elif tag == CELL:
            self._put()
        elif tag == ROW:
            if self.number > self.last:
                self.found.append((self.number, self.row))
                self.last = self.number
        elif tag == INLINE:
            self.value = self.item
        elif tag == SHEET_DATA and self.begin:
            self.end = self.parser.CurrentByteIndex
        else:
            super().ended(tag)

    def _put(self) -> None:
        """The cell in its column; without a reference it stands beside the one before."""
        place = self.cell.get("r")
        self.column = _column(_letters(place)) if place else self.column + 1
        self.row.extend([None] * (self.column - len(self.row)))
        if self.value is not None:
            self.row[self.column - 1] = self._read(self.cell.get("t", "n"), self.value)

    def _read(self, kind: str, text: str) -> Any:
        if kind == "s":
            return self.strings[int(text)]
        if kind == "n":
            return self._number(text)
        if kind == "b":
            return bool(int(text))
        return from_ISO8601(text) if kind == "d" else text  # type: ignore[no-untyped-call]

    def _number(self, text: str) -> Any:
        """A number, or the date that its style makes of it."""
        number = float(text) if set(text) & set(".eE") else int(text)
        style = int(self.cell.get("s") or 0)
        if style not in self.book._date_formats:
            return number
        try:
            return from_excel(number, self.book.epoch, timedelta=style in self.book._timedelta_formats)
        except (OverflowError, ValueError):
            return "#VALUE!"


def _letters(place: str) -> str:
    """The column of a reference such as B7; none where no row follows, and then there is no such column."""
    letters = place.rstrip("0123456789")
    return letters if letters != place else ""


@cache
def _column(letters: str) -> int:
    return int(column_index_from_string(letters))


def _whole(text: str) -> int:
    """A row's number; some write it as 2.0."""
    if not float(text).is_integer():
        raise ValueError("no number of a row")
    return int(float(text))


def _refuse(*_: Any) -> NoReturn:
    """A package has no DTD in it (ECMA-376, part 2): one could make gigabytes of a line, or name other files."""
    raise ValueError("a DTD")
