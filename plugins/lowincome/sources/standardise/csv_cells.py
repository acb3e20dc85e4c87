"""GB18030 CSV with Chinese headers into text cells. A record's position is its number from 1.

The header, blank lines and nothing else are not counted; a record that is quarantined is.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from lowincome.lake import open_file
from lowincome.sources.legible import is_utf8
from lowincome.sources.spec import SourceSpec
from lowincome.sources.standardise.cells import CellTable, FileRefused, Record, file_refused

UTF8_MARK = b"\xef\xbb\xbf"
GB18030_MARK = b"\x84\x31\x95\x33"
LONGEST_CELL = 1 << 20


def read_csv(spec: SourceSpec, file: Path, table: CellTable) -> None:
    """Every record of the file into the table; FileRefused when the header or the quoting is broken."""
    table.write(_records(spec, file, table))


def _records(spec: SourceSpec, file: Path, table: CellTable) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_CELL)
    with open_file(file) as opened:
        rows = _cells(_text(opened), f"{spec.id} {file.name}")
        header = table.header(spec, file.name, next(rows, (0, []))[1])
        places = header.checked(rows)
        for number, (line, cells) in enumerate(rows, 1):
            yield _record(places, cells, file.name, line, number)


def _text(opened: BinaryIO) -> io.TextIOWrapper:
    """GB18030 by contract, with or without a mark; UTF-8 when its mark stands there and the first line agrees."""
    first = opened.readline()
    mark = next((mark for mark in (UTF8_MARK, GB18030_MARK) if first.startswith(mark)), b"")
    opened.seek(len(mark))
    encoding = "utf-8" if mark == UTF8_MARK and is_utf8(first) else "gb18030"
    return io.TextIOWrapper(opened, encoding=encoding, errors="surrogateescape", newline="")


def _cells(text: Iterable[str], where: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the physical line on which they begin; blank lines are none.

    Whoever asks for more of a file that has ended, and makes a record of it, has a quote open still.
    """
    has_ended = False

    def lines() -> Iterator[str]:
        nonlocal has_ended
        yield from text
        has_ended = True

    reader = csv.reader(lines())
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise _cell_without_end(where, line) from None
        if cells is None:
            return
        if has_ended:
            raise _cell_without_end(where, line)
        if len(cells) > 1 or (cells and cells[0].strip()):
            yield line, cells


def _cell_without_end(where: str, line: int) -> FileRefused:
    return file_refused("the records cannot be told apart", f"{where} line {line}", found="a cell without end")


def _record(places: list[str], cells: list[str], name: str, line: int, number: int) -> Record:
    record: Record = {"_file": name, "_line": line, "_position": str(number), "_fault": None}
    if any("\ud800" <= character <= "\udfff" for cell in cells for character in cell):
        return record | {"_fault": "bytes_not_gb18030"}
    if len(cells) != len(places):
        return record | {"_fault": "too_few_cells" if len(cells) < len(places) else "too_many_cells"}
    return dict(zip(places, cells, strict=True)) | record
