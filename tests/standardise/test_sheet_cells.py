"""The workbook's own XML: what its parts may say of a text, a row and a cell, and what is not let in."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter
from lowincome.lake import Lake

from tests.standardise.deliveries import CERTIFICATE_COLUMNS, Record, deliver, holder, rows

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"


def edited(lake: Lake, part: str, change: Callable[[bytes], bytes], holders: int = 1) -> Record:
    """The federation's delivery after a change to the XML of one part of its workbook."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole(holders))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            before = old.read(name)
            after = change(before) if name == part else before
            assert name != part or after != before
            new.writestr(name, after)
        assert part in old.namelist()
    return deliver(lake, "disabled_federation", {"cl_cert_20261122.xlsx": ("file", content.getvalue())})


def whole(holders: int) -> bytes:
    """A title, the header and holders, every cell a shared text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("历下区")
        for place, row in enumerate([["名册"], CERTIFICATE_COLUMNS, *[holder()] * holders]):
            sheet.write_row(place, 0, [str(cell or "无") for cell in row])
    return content.getvalue()


def people(lake: Lake, record: Record) -> list[tuple[str, str]]:
    """Excel row and name of every person."""
    return [(row["record_key"].rpartition("!")[2], row["name"]) for row in rows(lake, record, "person_record")]


@pytest.mark.parametrize(("part", "root"), [(SHEET, b"<worksheet"), (TEXTS, b"<sst")])
@pytest.mark.parametrize("dtd", [BOMB, b"<!DOCTYPE x>", b"<!DOCTYPE x SYSTEM 'file:///etc/hostname'>"])
def test_a_part_with_a_dtd_refuses_the_workbook(lake: Lake, part: str, root: bytes, dtd: bytes) -> None:
    record = edited(lake, part, lambda xml: xml.replace(root, dtd + root, 1))
    assert (record["state"], "the workbook is broken" in record["reason"]) == ("refused", True)


def test_a_part_that_ends_too_early_refuses_the_workbook(lake: Lake) -> None:
    assert edited(lake, SHEET, lambda xml: xml.replace(b"</worksheet>", b""))["state"] == "refused"


def test_a_text_in_runs_is_one_text_without_how_it_is_pronounced(lake: Lake) -> None:
    runs = "<si><r><t>李</t></r><r><t>某</t></r><rPh sb='0' eb='1'><t>lǐ</t></rPh></si>".encode()
    record = edited(lake, TEXTS, lambda xml: xml.replace("<si><t>李某</t></si>".encode(), runs))
    assert people(lake, record) == [("3", "李某")]


@pytest.mark.parametrize("cell", [
    '<c r="A3" t="inlineStr"><is><t>王</t></is></c>', '<c t="inlineStr"><is><r><t>王</t></r></is></c>',
    '<c r="A3" t="inlineStr"><v>1</v><is><t>王</t></is></c>', '<c r="A3" t="str"><f>B3</f><v>王</v></c>',
    '<c r="A3" t="str"><v><![CDATA[王]]></v></c>'])
def test_a_text_in_its_cell_or_of_a_formula_is_read(lake: Lake, cell: str) -> None:
    def change(xml: bytes) -> bytes:
        head, _, tail = xml.partition(b'<c r="A3"')
        return head + cell.encode() + tail.partition(b"</c>")[2]

    assert people(lake, edited(lake, SHEET, change)) == [("3", "王")]


def test_cells_and_rows_without_a_reference_follow_each_other(lake: Lake) -> None:
    def change(xml: bytes) -> bytes:
        for number in (1, 2, 3):
            xml = xml.replace(b'<row r="%d"' % number, b"<row")
            for letter in b"ABCDEFGHIJKLMNO":
                xml = xml.replace(b'<c r="%c%d"' % (letter, number), b"<c")
        return xml

    assert people(lake, edited(lake, SHEET, change)) == [("3", "李某")]


@pytest.mark.parametrize(("number", "expected"), [(b"4", [("3", "李某"), ("4", "李某")]), (b"3", [("3", "李某")])])
def test_a_row_number_that_comes_again_is_passed_over(
    lake: Lake, number: bytes, expected: list[tuple[str, str]]
) -> None:
    record = edited(lake, SHEET, lambda xml: xml.replace(b'<row r="4"', b'<row  r="%s"' % number), holders=2)
    assert people(lake, record) == expected


@pytest.mark.parametrize("number", [b"1048576", b"1048576.0"])
def test_a_gap_between_rows_holds_no_records(lake: Lake, number: bytes) -> None:
    record = edited(lake, SHEET, lambda xml: xml.replace(b'<row r="3"', b'<row r="%s"' % number))
    assert (people(lake, record), record["rows_in"]) == ([("1048576", "李某")], 1)


@pytest.mark.parametrize("number", [b"x", b"3.5", b"1e999"])
def test_a_row_number_that_is_none_refuses_the_workbook(lake: Lake, number: bytes) -> None:
    assert edited(lake, SHEET, lambda xml: xml.replace(b'<row r="3"', b'<row r="%s"' % number))["state"] == "refused"


@pytest.mark.parametrize("place", [b"A", b"3", b"A-3", b"AAAA3"])
def test_a_reference_that_is_none_refuses_the_workbook(lake: Lake, place: bytes) -> None:
    assert edited(lake, SHEET, lambda xml: xml.replace(b'r="A3"', b'r="%s"' % place))["state"] == "refused"


def test_elements_under_a_prefix_are_the_same_elements(lake: Lake) -> None:
    def change(xml: bytes) -> bytes:
        return re.sub(rb"<(/?)(\w)", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")

    assert people(lake, edited(lake, SHEET, change)) == [("3", "李某")]
