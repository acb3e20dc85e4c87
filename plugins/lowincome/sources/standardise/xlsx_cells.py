"""A hand-made workbook into text cells. A record's position is `<sheet>!<Excel row>`; numbers read `#num:…`.

A number has lost every digit after the fifteenth, so the mark tells the page to trust it only where that is safe.
"""

import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from lowincome.lake import open_file
from lowincome.sources.redact import safe_text
from lowincome.sources.spec import SourceSpec
from lowincome.sources.standardise.cells import CellTable, FileRefused, Record, file_refused, squeezed
from lowincome.workbooks import PIECE, TooLarge, open_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel

Ranges = list[tuple[int, int, int, int]]
Row = tuple[Any, ...]
SUM_ROW = re.compile(r"(合计|总计|小计)[:：]?\d*[人名条]?")
NUMBER = re.compile(r"\d{15}")
"""What an ID or a certificate's number holds, and no sum."""
DATE_PARSES = ("date", "date_time")
LAST_SERIAL = 200_000
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z0-9:]+)"')
LONGEST_MERGED = 100
"""Bytes that it finds, for one may begin in one piece and end in the next."""
MOST_MERGED = 500_000
"""Merged ranges of a workbook, which are held whole; of a list of 300,000 rows one in each."""
NO_WORKBOOK = (
    zipfile.BadZipFile, EOFError, SyntaxError, zlib.error, LookupError, ValueError, OSError, TypeError, AttributeError,
    RuntimeError)
"""Raised over a ZIP that is cut off, and by openpyxl's own constructors over XML that is well-formed and wrong."""


def read_xlsx(spec: SourceSpec, file: Path, table: CellTable) -> None:
    """Every record of every sheet into the table; FileRefused when no sheet has the agreed header."""
    with open_file(file) as opened:
        try:
            workbook = open_workbook(opened, data_only=True)
            merged = _merged_ranges(workbook)
        except TooLarge as error:
            raise _too_large(spec, file, error) from None
        except NO_WORKBOOK as error:
            raise _broken(spec, file, error) from None
        try:
            table.write(_records(spec, file, table, workbook, merged))
        except NO_WORKBOOK as error:
            raise _broken(spec, file, error) from None
        finally:
            workbook.close()


def _broken(spec: SourceSpec, file: Path, error: Exception) -> FileRefused:
    return file_refused("the workbook is broken", f"{spec.id} {file.name}", found=type(error).__name__)


def _too_large(spec: SourceSpec, file: Path, error: TooLarge) -> FileRefused:
    return file_refused("the workbook unpacks to more than is read", f"{spec.id} {file.name}", expected=error.expected,
                        found=error.found)


def _records(
    spec: SourceSpec, file: Path, table: CellTable, workbook: Any, merged: dict[str, Ranges]
) -> Iterator[Record]:
    dates = {entry.origin for page in spec.tables for entry in page.fields.values() if entry.parse in DATE_PARSES}
    is_any_header = False
    for sheet in workbook.worksheets:
        rows = _filled_rows(sheet, merged.get(sheet.title, []))
        header, is_filled = _header(spec, rows)
        if header is None:
            table.sheets_without_header += is_filled
            continue
        is_any_header = True
        columns = table.header(spec, f"{file.name} sheet {safe_text(sheet.title)}", header)
        places = columns.checked(_every_record(spec, workbook, merged))
        for number, cells in _below_header(rows):
            yield _record(places, cells, dates, workbook.epoch) | {
                "_file": file.name, "_line": number, "_position": f"{sheet.title}!{number}", "_fault": None}
    if not is_any_header:
        table.header(spec, file.name, []).checked(iter(()))


def _every_record(spec: SourceSpec, workbook: Any, merged: dict[str, Ranges]) -> Iterator[Row]:
    """The records of all sheets, which are refused together."""
    for sheet in workbook.worksheets:
        rows = _filled_rows(sheet, merged.get(sheet.title, []))
        if _header(spec, rows)[0] is not None:
            yield from (cells for _, cells in _below_header(rows))


def _below_header(rows: Iterator[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """What is left of a sheet's rows once its header was found, less blank rows and sums."""
    return ((number, cells) for number, cells in rows if _is_record(cells))


def _record(places: list[str], cells: Row, dates: set[str | None], epoch: datetime) -> Record:
    values = (*cells, *[None] * len(places))
    return {name: _text(value, name in dates, epoch) for name, value in zip(places, values, strict=False)}


def _header(spec: SourceSpec, rows: Iterable[tuple[int, Row]]) -> tuple[Row | None, bool]:
    """The first row that names three columns or more, and whether anything stands in the sheet."""
    is_filled = False
    for _, cells in rows:
        if _is_header(spec, cells):
            return cells, True
        is_filled = is_filled or any(cell is not None for cell in cells)
    return None, is_filled


def _is_header(spec: SourceSpec, cells: Row) -> bool:
    return len({squeezed(cell) for cell in cells} & set(spec.known_columns)) >= 3


def _is_record(cells: Row) -> bool:
    """Not blank, and not the closing row of sums, each of whose words ends in 计; whoever has a number is no sum."""
    text = "".join(str(cell) for cell in cells if cell is not None)
    is_sum = ("计" in text and any(SUM_ROW.fullmatch(squeezed(cell)) for cell in cells)
              and not any(NUMBER.search(str(cell)) for cell in cells))
    return bool(squeezed(text)) and not is_sum


def _filled_rows(sheet: Any, ranges: Ranges) -> Iterator[tuple[int, Row]]:
    """Rows that hold something, with their Excel number; a merged cell's value stands in each cell of its column that
    it covers.
    """
    sheet.reset_dimensions()  # the size that a hand-made file states may be wrong, and would cut rows off
    width = max((left for left, *_ in ranges), default=0)
    held: dict[int, tuple[int, Any]] = {}
    begun = defaultdict(list)
    for left, top, _, bottom in ranges:
        begun[top].append((left, bottom))
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if all(cell is None for cell in cells):
            continue
        row = [*cells, *[None] * (width - len(cells))]
        held = {column: below for column, below in held.items() if number <= below[0]}
        for column, (_, value) in held.items():
            row[column - 1] = value if row[column - 1] is None else row[column - 1]
        held |= {left: (bottom, row[left - 1]) for left, bottom in begun.get(number, ()) if number < bottom}
        yield number, tuple(row)


def _merged_ranges(workbook: Any) -> dict[str, Ranges]:
    """Merged ranges by sheet title, read from the package, since the streaming reader does not give them."""
    found: dict[str, Ranges] = {}
    for sheet in workbook.worksheets:
        with workbook._archive.open(sheet._worksheet_path) as part:
            found[sheet.title] = list(islice(_ranges(part), MOST_MERGED + 1))
        if sum(map(len, found.values())) > MOST_MERGED:
            raise TooLarge(f"at most {MOST_MERGED} merged ranges", "more")
    return found


def _ranges(part: IO[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Every merged range of a sheet, whose XML may be larger than memory."""
    rest = b""
    while piece := part.read(PIECE):
        text, end = rest + piece, 0
        for found in MERGED.finditer(text):
            yield cast("tuple[int, int, int, int]", range_boundaries(found[1].decode()))
            end = found.end()
        rest = text[max(end, len(text) - LONGEST_MERGED):]


def _text(value: Any, is_date: bool, epoch: datetime) -> str | None:
    """A cell as text. A date column may hold a date, a text, or the bare serial number of a date."""
    if value is None:
        return None
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value, is_date, epoch)
    text = str(value)  # a number before the first day, shown as a date, is opened as a time of day: no date
    return _number(int(text), True, epoch) if is_date and re.fullmatch(r"\d{5}", text.strip()) else text


def _number(value: float, is_date: bool, epoch: datetime) -> str:
    is_whole = float(value).is_integer()
    if is_date and 1 <= value < LAST_SERIAL:
        return str(from_excel(value, epoch))[:10]
    if is_date and is_whole:
        return str(int(value))
    return f"#num:{int(value) if is_whole else value}"
