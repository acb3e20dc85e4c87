"""Workbooks that somebody else made: what the guard forbids, what it lets through, and that nothing reads otherwise."""

import io
import random
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree
import openpyxl
import pytest
import xlsxwriter
from lowincome import workbooks
from lowincome.workbooks import Guarded, Package, TooLarge, guarded_iterparse, open_workbook

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PARTS = (SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")
DECLARED = ('<!ENTITY a "b">', '<!ENTITY % a "b">', '<!ENTITY a SYSTEM "file:///etc/hostname">',
            '<!ENTITY % a SYSTEM "http://localhost/a.dtd"> %a;',
            '<!NOTATION n SYSTEM "n"><!ENTITY a SYSTEM "b" NDATA n>')
LAUGHS = '<!ENTITY a0 "laughs">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
PIECE = 16 * 1024
"""Bytes that Python's iterparse reads at a time."""
ROWS: list[tuple[Any, ...]] = [
    ("姓名", "数", None), ("王秀英", 12, datetime(2030, 1, 1)), (None, "=1+1", True), ("a_x005F_b", 1.5e20, " 二 行\n"),
]
Edit = Callable[[bytes], bytes]


def book() -> bytes:
    """Texts, numbers, a date, a formula, a text of two fonts, merged cells; texts stand in a part of their own."""
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"})
    sheet, bold = made.add_worksheet(), made.add_format({"bold": True})
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    sheet.write_rich_string(len(ROWS), 4, "一", bold, "二")
    sheet.merge_range("A6:A8", "合并")
    made.close()
    return content.getvalue()


def book_of_inline_texts(rows: Iterable[Sequence[Any]]) -> bytes:
    """The same texts, each in its own cell."""
    content, made = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(list(row))
    made.save(content)
    return content.getvalue()


def edited(content: bytes, part: str, edit: Edit) -> bytes:
    """The workbook with one part of its package changed."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            new.writestr(name, edit(old.read(name)) if name == part else old.read(name))
    return copy.getvalue()


def with_doctype(declared: str, doctype: str = "x") -> Edit:
    """A document type before the first element of a part."""
    return lambda xml: b"<!DOCTYPE %s [%s]>" % (doctype.encode(), declared.encode()) + without_head(xml)


def without_head(xml: bytes) -> bytes:
    """A part without its XML declaration."""
    return xml[xml.index(b"?>") + 2:] if xml.startswith(b"<?xml") else xml


def cells(content: bytes) -> list[Any]:
    """Every row, sheet by sheet; at its end the name of what stopped the reading, if anything did."""
    rows: list[Any] = []
    try:
        for sheet in open_workbook(io.BytesIO(content)).worksheets:
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                rows.append(row)
    except Exception as error:
        rows.append(type(error.__cause__ or error).__name__)
    return rows


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_declares_an_entity_is_refused_whole(part: str, declared: str) -> None:
    assert cells(edited(book(), part, with_doctype(declared))) == ["EntitiesForbidden"]


@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_what_is_refused_is_a_value_error_as_callers_expect(part: str) -> None:
    with pytest.raises(ValueError, match="Unable to read workbook"):
        open_workbook(io.BytesIO(edited(book(), part, with_doctype(DECLARED[0]))))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("doctype", ["x", 'x SYSTEM "http://localhost/a.dtd"', 'x PUBLIC "a" "file:///etc/hostname"'])
def test_a_document_type_without_entities_reads_as_if_it_were_not_there(part: str, doctype: str) -> None:
    with_type = edited(book(), part, with_doctype("<!ELEMENT x ANY>", doctype))
    assert cells(with_type) == cells(book())
    assert cells(with_type)[1] == ROWS[1]


@pytest.mark.parametrize("part", [SHEET, STRINGS])
@pytest.mark.parametrize("before", range(PIECE - 80, PIECE + 20, 7))
def test_an_entity_declared_across_two_pieces_or_in_a_later_one_is_refused(part: str, before: int) -> None:
    late = with_doctype(f"<!--{' ' * before}-->{DECLARED[0]}")
    assert cells(edited(book(), part, late)) == ["EntitiesForbidden"]


@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_a_billion_laughs_cost_no_memory(part: str) -> None:
    hostile = edited(book(), part, lambda xml: with_doctype(LAUGHS)(xml.replace(b"<v>0", b"<v>&a9;", 1)))
    cells(book())  # openpyxl's own tables are made once
    tracemalloc.start()
    assert cells(hostile) == ["EntitiesForbidden"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def moved(number: str) -> bytes:
    """The workbook whose last row says that it stands elsewhere."""
    return edited(book(), SHEET, lambda xml: xml.replace(b'<row r="6"', b'<row r="%s"' % number.encode()))


@pytest.mark.parametrize("number", ["1048577", "99999999999", "1e12", "inf", "nan", "0", "5"])
def test_a_row_that_stands_below_the_last_of_a_spreadsheet_or_not_below_the_one_before_is_refused(number: str) -> None:
    assert cells(moved(number))[-1] == "RowOutOfPlace"


def test_the_last_row_of_a_spreadsheet_is_read() -> None:
    rows = cells(moved("1048576"))
    assert len(rows) == 1_048_576
    assert rows[-1] == cells(book())[-1]


@pytest.mark.parametrize("content", [b"", b"no XML", b"<a><b></a>", b"\x00\x01", b"<a/><a/>"])
@pytest.mark.parametrize("part", [SHEET, STRINGS])
def test_a_part_that_is_no_xml_is_refused(part: str, content: bytes) -> None:
    assert cells(edited(book(), part, lambda _: content)) == ["ParseError"]


def test_a_part_that_nobody_reads_may_be_anything() -> None:
    with_drawing = io.BytesIO(book())
    with zipfile.ZipFile(with_drawing, "a") as package:
        package.writestr("xl/drawings/vmlDrawing1.vml", b"<xml><br></xml>")
    assert cells(with_drawing.getvalue()) == cells(book())


def test_rows_before_a_fault_in_a_later_piece_are_given_first() -> None:
    content = book_of_inline_texts([number] for number in range(2000))
    read = cells(edited(content, SHEET, lambda xml: xml[:-20] + b"<" + xml[-20:]))
    assert (read[0], read[-2:]) == ((0,), [(1999,), "ParseError"])


def test_nothing_is_read_that_the_guard_could_not_follow() -> None:
    part = Guarded(io.BytesIO(b"<a></b><c>"))
    assert part.read(7) == b"<a></b>"
    with pytest.raises(ParseError):
        part.read(7)


def test_sheets_and_shared_strings_are_what_is_read_behind_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    names = set()

    def noted(part: Any, most: float) -> Guarded:
        names.add(part.name)
        return Guarded(part, most)

    monkeypatch.setattr(workbooks, "Guarded", noted)
    cells(book())
    assert names == {SHEET, STRINGS}


def test_whoever_else_reads_by_openpyxl_reads_behind_the_guard() -> None:
    hostile = edited(book(), SHEET, with_doctype(DECLARED[0]))
    with pytest.raises(ValueError, match="Unable to read workbook") as refused:
        openpyxl.load_workbook(io.BytesIO(hostile))
    assert isinstance(refused.value.__cause__, workbooks.EntitiesForbidden)


def deflated(content: bytes, **parts: bytes) -> bytes:
    """The workbook packed as spreadsheets pack it, with more parts."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return copy.getvalue()


def unpacked(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(part.file_size for part in archive.infolist())


def test_a_workbook_is_read_up_to_its_bound_unpacked_and_refused_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workbooks.LARGEST_PACKAGE == 1_000_000_000
    monkeypatch.setattr(workbooks, "LARGEST_PACKAGE", unpacked(book()))
    assert cells(book())[1] == ROWS[1]
    monkeypatch.setattr(workbooks, "LARGEST_PACKAGE", unpacked(book()) - 1)
    with pytest.raises(TooLarge, match=f"at most {unpacked(book()) - 1} bytes unpacked, found {unpacked(book())}"):
        open_workbook(io.BytesIO(book()))


def size_of(part: str) -> int:
    with zipfile.ZipFile(io.BytesIO(book())) as archive:
        return archive.getinfo(part).file_size


@pytest.mark.parametrize(("less", "is_read"), [(0, True), (1, False)])
def test_the_texts_that_cells_share_have_a_bound_of_their_own_and_sheets_do_not_have_it(
    less: int, is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workbooks.LARGEST_STRINGS == 256_000_000
    assert size_of(SHEET) > size_of(STRINGS)
    whole = cells(book())
    monkeypatch.setattr(workbooks, "LARGEST_STRINGS", size_of(STRINGS) - less)
    assert cells(book()) == (whole if is_read else ["TooLarge"])


def declared_less(content: bytes, part: str, said: int) -> bytes:
    """The workbook whose part says that it is only so long, with the checksum of what it says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        begin, whole = archive.getinfo(part).header_offset, archive.read(part)
    changed, name = bytearray(content), part.encode()
    listed = content.rindex(name) - 46
    for place in (begin + 14, listed + 16):
        changed[place:place + 4] = zlib.crc32(whole[:said]).to_bytes(4, "little")
    for place in (begin + 22, listed + 24):
        changed[place:place + 4] = said.to_bytes(4, "little")
    return bytes(changed)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_unpacks_to_more_than_it_declares_is_not_unpacked_beyond_that(part: str) -> None:
    grown = edited(book(), part, lambda xml: xml + bytes(20_000_000))
    lying = declared_less(deflated(grown), part, 1000)
    assert len(lying) < 100_000
    tracemalloc.start()
    assert cells(lying)[-1] in ("ParseError", "ValueError", "KeyError", "BadZipFile")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    assert len(Package(io.BytesIO(lying)).read(part)) == 1000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_no_spreadsheet_uses_is_refused(method: int) -> None:
    content = io.BytesIO(book())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("more.xml", b"more", method)
    assert cells(content.getvalue()) == ["BadZipFile"]


TOKENS = (
    b"", b"<", b">", b"&", b"&amp;", b"&#0;", b"&#x738B;", b"&a;", b"&lt;", b'"', b"'", b"/", b"<!--", b"-->", b"]]>",
    b"<![CDATA[", b"<?a b?>", b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY a "b">]>', b"xmlns:b='c'", b"<b:c/>", b"</row>",
    b"<row>", b"<c t='s'><v>0</v></c>", b"<v>", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", "王".encode(), b"\xcd\xf5",
    b"<?xml version='1.0' encoding='gb18030'?>", b"<?xml version='1.0' encoding='latin-1'?>", b" ", b"9" * 30)


def damaged(draw: random.Random, xml: bytes) -> bytes:
    """A part with a few places changed; one in three begins with one of the tokens instead of its declaration."""
    if draw.random() < 1 / 3:
        xml = draw.choice(TOKENS) + without_head(xml)
    for _ in range(draw.randint(0, 3)):
        place = draw.randint(0, len(xml))
        xml = xml[:place] + draw.choice(TOKENS) + xml[place + draw.randint(0, 3):]
    return xml


def test_damaged_workbooks_read_the_same_by_both_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, contents, seen = random.Random(3), (book(), book_of_inline_texts(ROWS)), set()
    for _ in range(300):
        odd = edited(draw.choice(contents), draw.choice((SHEET, STRINGS)), lambda xml: damaged(draw, xml))
        by: list[str] = []
        for parser in (guarded_iterparse, defusedxml.ElementTree.iterparse):
            monkeypatch.setattr("openpyxl.worksheet._reader.iterparse", parser)
            monkeypatch.setattr("openpyxl.reader.strings.iterparse", parser)
            by.append(repr(cells(odd)))
        assert by[0] == by[1]
        seen.add(by[0].rpartition("'")[0].rpartition("'")[2])
    assert {"ParseError", "EntitiesForbidden"} < seen
