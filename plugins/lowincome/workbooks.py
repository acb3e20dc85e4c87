"""Workbooks that somebody else made, opened for reading; the only place that opens one.

openpyxl reads all XML by defusedxml, which forbids entities and is written in Python. For the small parts of a package
that stays so. Sheets and shared strings, nearly all of its bytes, are read by Python's parser in C behind a guard that
forbids the same, in half the time.
"""

from collections.abc import Iterator
from typing import IO, Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.reader import strings as shared_strings
from openpyxl.worksheet import _reader as sheets

LAST_ROW = 1_048_576
"""The last row that a spreadsheet has."""


class RowOutOfPlace(ValueError):
    """A row says that it stands where none can: below the last one, and the rows between would be made one by one, or
    not below the row before it, and openpyxl would leave it out.
    """


class EntitiesForbidden(ValueError):
    """A part of a workbook declares an entity or refers to something outside, which no spreadsheet does."""


class Guarded:
    """The bytes of a part, each piece of which a bare parser sees before the reader does."""

    def __init__(self, part: IO[bytes]) -> None:
        self._part, self._fault = part, ""
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
        try:
            self._guard.Parse(piece, not piece)
        except expat.ExpatError as error:
            self._fault = str(error)
        return piece


def open_workbook(file: IO[bytes], data_only: bool = False) -> Any:
    """A workbook of openpyxl that reads its sheets as they are asked for; `data_only` gives a formula's last value.

    Raises what openpyxl, zipfile and the guard raise of a file that is broken or hostile.
    """
    return load_workbook(file, read_only=True, data_only=data_only)


def guarded_iterparse(part: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Each element of a part as it ends, read in C behind the guard."""
    place = 0.0
    for event, element in iterparse(Guarded(part)):
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
shared_strings.iterparse = sheets.iterparse = guarded_iterparse  # type: ignore[attr-defined]
