"""Workbooks that somebody else made, opened for reading; the only place that opens one.

openpyxl reads all XML by defusedxml, which forbids entities and is written in Python. For the small parts of a package
that stays so. Sheets and shared strings, nearly all of its bytes, are read by Python's parser in C behind a guard that
forbids the same, in half the time.

A package is measured before any of it is unpacked, and no part of it is unpacked beyond the size that it declares.
"""

import zipfile
from collections.abc import Iterator
from math import inf
from typing import IO, Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.reader import excel as package
from openpyxl.reader import strings as shared_strings
from openpyxl.worksheet import _reader as sheets

LAST_ROW = 1_048_576
"""The last row that a spreadsheet has."""
LARGEST_PACKAGE = 1_000_000_000
"""Bytes of all parts, unpacked. 300,000 rows of 15 columns have 320,000,000, every text in its own cell."""
LARGEST_STRINGS = 256_000_000
"""Bytes of the texts that cells share, which are held whole; of the same rows they have 77,000,000."""
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What spreadsheets use; Python unpacks the other kinds without a bound."""
PIECE = 1 << 20


class TooLarge(Exception):
    """A workbook unpacks to more than is read; `expected` and `found` say how much."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found = expected, found


class RowOutOfPlace(ValueError):
    """A row says that it stands where none can: below the last one, and the rows between would be made one by one, or
    not below the row before it, and openpyxl would leave it out.
    """


class EntitiesForbidden(ValueError):
    """A part of a workbook declares an entity or refers to something outside, which no spreadsheet does."""


class Package(zipfile.ZipFile):
    """The parts of a workbook, none of them longer than it declares; TooLarge where they declare too much.

    Python unpacks a part that is asked for whole before it looks at the size that the part declares; in pieces it stops
    there, and the checksum of one that lies does not fit.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        unpacked = sum(part.file_size for part in self.infolist())
        if unpacked > LARGEST_PACKAGE:
            raise TooLarge(f"at most {LARGEST_PACKAGE} bytes unpacked", f"{unpacked}")
        if any(part.compress_type not in PACKINGS for part in self.infolist()):
            raise zipfile.BadZipFile("a way of packing that no spreadsheet uses")

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """A part, whole."""
        with self.open(name, pwd=pwd) as part:
            return b"".join(iter(lambda: part.read(PIECE), b""))


class Guarded:
    """The bytes of a part, each piece of which a bare parser sees before the reader does; TooLarge beyond `most`."""

    def __init__(self, part: IO[bytes], most: float = inf) -> None:
        self._part, self._fault, self._most, self._read = part, "", most, 0
        self._guard = expat.ParserCreate(None, "}")
        self._guard.EntityDeclHandler = _forbid
        self._guard.UnparsedEntityDeclHandler = _forbid
        self._guard.ExternalEntityRefHandler = _forbid

    def read(self, size: int = -1) -> bytes:
        """The next piece; EntitiesForbidden where it holds one.

        What is no XML is left to the reader, which stumbles over the same piece after what stood before the fault. If
        it should not, the next piece is a ParseError: nothing is read that the guard could not follow.
        """
        if self._fault:
            raise ParseError(self._fault)
        piece = self._part.read(size)
        self._read += len(piece)
        if self._read > self._most:
            raise TooLarge(f"at most {self._most} bytes of one part unpacked", "more")
        try:
            self._guard.Parse(piece, not piece)
        except expat.ExpatError as error:
            self._fault = str(error)
        return piece


def open_workbook(file: IO[bytes], data_only: bool = False) -> Any:
    """A workbook of openpyxl that reads its sheets as they are asked for; `data_only` gives a formula's last value.

    TooLarge where it unpacks to more than is read, else what openpyxl, zipfile and the guard raise of a file that is
    broken or hostile.
    """
    return load_workbook(file, read_only=True, data_only=data_only)


def guarded_strings(part: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Each element of the texts that cells share."""
    return guarded_iterparse(part, LARGEST_STRINGS)


def guarded_iterparse(part: IO[bytes], most: float = inf) -> Iterator[tuple[str, Element]]:
    """Each element of a part as it ends, read in C behind the guard."""
    place = 0.0
    for event, element in iterparse(Guarded(part, most)):
        if element.tag == sheets.ROW_TAG:
            place = _place_after(place, element)
        yield event, element


def _place_after(before: float, row: Element) -> float:
    place = float(row.get("r", before + 1))
    if not before < place <= LAST_ROW:
        raise RowOutOfPlace("a row stands not below the row before it, or below the last one of a spreadsheet")
    return place


def _forbid(*_: object) -> NoReturn:
    raise EntitiesForbidden("a part of the workbook declares an entity or refers to something outside")


# openpyxl has no setting for it. Whoever else reads by openpyxl in this process reads behind the same guard.
sheets.iterparse = guarded_iterparse  # type: ignore[attr-defined]
shared_strings.iterparse = guarded_strings  # type: ignore[attr-defined]
package.ZipFile = Package  # type: ignore[attr-defined]
