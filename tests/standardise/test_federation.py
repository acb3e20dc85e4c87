"""The workbook as it is made by hand."""

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from lowincome.lake import Lake
from lowincome.sources.standardise import xlsx_cells
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.standardise.deliveries import (
    CERTIFICATE_COLUMNS,
    ID_A,
    ID_B,
    book_of_certificates,
    certificates,
    deliver,
    found,
    holder,
    quarantine,
    rows,
    workbook,
)


def test_an_id_typed_as_a_number_is_missing_and_said_so(lake: Lake) -> None:
    record = certificates(lake, holder(certificate=None, identity=370102196001022300))
    row = rows(lake, record, "person_record")[0]
    assert (row["id_raw"], row["id_problem"]) == (None, "lost_digits")


def test_a_lost_id_is_taken_from_a_whole_certificate_number(lake: Lake) -> None:
    record = certificates(lake, holder(identity=370102196001022300))
    row = rows(lake, record, "person_record")[0]
    assert (row["id_raw"], row["id_problem"]) == (ID_A, "lost_digits")


@pytest.mark.parametrize(("ending", "is_taken"), [
    ("44", True), ("44B1", True), ("", False), ("4", False), ("44B", False), ("444", False), ("4四", False)])
def test_no_id_is_taken_from_a_certificate_number_that_is_not_whole(lake: Lake, ending: str, is_taken: bool) -> None:
    record = certificates(lake, holder(ID_A + ending, identity=None))
    assert rows(lake, record, "person_record")[0]["id_raw"] == (ID_A if is_taken else None)


@pytest.mark.parametrize(("number", "expected"), [(370102600102232, "370102600102232"), (370102601302232, None)])
def test_a_number_of_fifteen_digits_with_a_real_date_is_a_legacy_id(lake: Lake, number: int, expected: str) -> None:
    record = certificates(lake, holder(certificate=None, identity=number))
    assert rows(lake, record, "person_record")[0]["id_raw"] == expected


@pytest.mark.parametrize(
    ("certificate", "disputed"), [(ID_A + "44", False), (ID_B + "44", True), (ID_A + "44B1", False)]
)
def test_an_id_that_disagrees_with_its_certificate_disputes_it(lake: Lake, certificate: str, disputed: bool) -> None:
    row = rows(lake, certificates(lake, holder(certificate=certificate)), "certificate")[0]
    assert row["is_disputed"] is disputed


def test_columns_rule_over_the_certificates_digits_and_the_difference_is_a_finding(lake: Lake) -> None:
    row = rows(lake, certificates(lake, holder(certificate=ID_A + "53")), "certificate")[0]
    assert (row["category"], row["level"], row["digits_disagree"]) == ("4", "4", True)


@pytest.mark.parametrize("titles", [0, 3])
def test_title_rows_blank_rows_and_the_closing_sum_are_no_records(lake: Lake, titles: int) -> None:
    record = certificates(lake, holder(), [None], holder(), ["合计", 2], titles=titles)
    keys = [row["record_key"] for row in rows(lake, record, "person_record")]
    assert keys == [f"disabled_federation:cl_cert_20261122.xlsx:历下区!{titles + place}" for place in (2, 4)]


def test_real_dates_text_dates_and_serials_are_one_date(lake: Lake) -> None:
    cells = [holder(有效期至=value) for value in (date(2030, 1, 1), "2030/1/1", "2030年1月1日", 47484)]
    found = rows(lake, certificates(lake, *cells), "certificate")
    assert {row["valid_until"] for row in found} == {date(2030, 1, 1)}


def person_of(lake: Lake, **cells: Any) -> dict[str, Any]:
    return rows(lake, certificates(lake, holder(**cells)), "person_record")[0]


WRONG = ID_A[:-1] + "0"


@pytest.mark.parametrize(("certificate", "identity", "placed_by"), [
    (ID_B + "44", ID_A, ID_A),
    (ID_B + "44", WRONG, ID_B),
    (ID_B + "44", None, ID_B),
    (ID_B + "44B1", "370102196013022324", ID_B),
    (ID_B + "44", "370102601302232", ID_B),
    (None, WRONG, WRONG),
    ("123", ID_A, ID_A),
    (3.7010219600102234e19, ID_A, ID_A),
])
def test_a_person_is_placed_by_the_valid_id_else_by_the_certificates(
    lake: Lake, certificate: Any, identity: Any, placed_by: str
) -> None:
    assert person_of(lake, certificate=certificate, identity=identity)["id_raw"] == placed_by


@pytest.mark.parametrize(("certificate", "identity", "disputed"), [
    (ID_A + "44", "370102600102232", False), (ID_B + "44", "370102600102299", True), (ID_A + "44", WRONG, True),
    (ID_A + "44", ID_A[:-1], True), (ID_A + "44", None, False), (ID_A + "44", 370102196001022300, False),
    (ID_A + "44", "不详", False), (None, ID_A, False)])
def test_only_an_id_that_stands_there_can_disagree(
    lake: Lake, certificate: Any, identity: Any, disputed: bool
) -> None:
    record = certificates(lake, holder(certificate=certificate, identity=identity))
    assert rows(lake, record, "certificate")[0]["is_disputed"] is disputed


def test_a_certificate_number_typed_as_a_number_is_missing_and_said_so(lake: Lake) -> None:
    record = certificates(lake, holder(certificate=37010219600102232444))
    assert rows(lake, record, "certificate")[0]["certificate_no"] is None
    assert found(record)["person_record:certificate_lost_digits"] == 1


@pytest.mark.parametrize(("category", "level"), [("肢体", "四级"), ("4", "4"), (4, 4), (4.0, "4"), ("肢体残疾", "4级")])
def test_types_and_levels_are_words_or_numbers(lake: Lake, category: Any, level: Any) -> None:
    record = certificates(lake, holder(残疾类别=category, 残疾等级=level))
    row = rows(lake, record, "certificate")[0]
    assert (row["category"], row["level"], row["digits_disagree"]) == ("4", "4", False)


@pytest.mark.parametrize(("cells", "reason"), [
    ({"证件状态": "待核"}, "unreadable:status"), ({"证件状态": None}, "required:status"),
    ({"有效期至": "待定"}, "unreadable:valid_until"), ({"有效期至": "不详"}, "unreadable:valid_until")])
def test_a_row_whose_validity_cannot_be_read_is_quarantined_once_as_a_whole(
    lake: Lake, cells: dict[str, Any], reason: str
) -> None:
    record = certificates(lake, holder(**cells), holder())
    assert quarantine(lake, record) == {("disabled_federation:cl_cert_20261122.xlsx:历下区!3", reason)}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (2, 1, 1)
    assert len(rows(lake, record, "certificate")) == 1


@pytest.mark.parametrize("word", ["长期", "永久", " 长期有效　", "无固定期限", "无", "/", "——", "'无", None])
def test_a_certificate_without_an_end_is_valid_without_one(lake: Lake, word: str | None) -> None:
    record = certificates(lake, holder(有效期至=word))
    assert [row["valid_until"] for row in rows(lake, record, "certificate")] == [None]
    assert (record["kept"], found(record)) == (1, {})


@pytest.mark.parametrize(("value", "shown_as"), [
    (0, "yyyy-mm-dd"), (0.5, "h:mm"), (40000, "[h]:mm"), (0, "General"), (0.25, "yyyy-mm-dd")])
@pytest.mark.parametrize(
    ("column", "reading"), [("有效期至", None), ("发证日期", "issued_on"), ("更新日期", "updated_on")])
def test_a_number_shown_as_a_time_is_no_date_and_costs_no_more_than_its_row(
    lake: Lake, value: float, shown_as: str, column: str, reading: str | None
) -> None:
    book = workbook(holder(), holder())
    cell = book.worksheets[0].cell(row=3, column=CERTIFICATE_COLUMNS.index(column) + 1, value=value)
    cell.number_format = shown_as
    record = book_of_certificates(lake, book)
    assert (record["state"], record["rows_in"], record["kept"]) == ("ok", 2, 2 if reading else 1)
    assert found(record).get(f"certificate:unreadable:{reading}") == (1 if reading else None)


def test_a_blank_end_of_validity_is_blank(lake: Lake) -> None:
    record = certificates(lake, holder(有效期至=None))
    assert (rows(lake, record, "certificate")[0]["valid_until"], record["kept"]) == (None, 1)


def test_every_sheet_is_read_and_its_rows_are_named_by_it(lake: Lake) -> None:
    book = workbook(holder(), titles=0)
    second = book.create_sheet("商河县")
    for row in (["名册"], ["单位"], ["内部"], list(CERTIFICATE_COLUMNS), holder(), [None], ["合 计", 1]):
        second.append(row)
    book.create_sheet("空")
    record = book_of_certificates(lake, book)
    keys = [row["record_key"].rpartition(":")[2] for row in rows(lake, record, "person_record")]
    assert keys == ["历下区!2", "商河县!5"]
    assert found(record) == {}


def test_a_sheet_of_something_else_is_reported(lake: Lake) -> None:
    book = workbook(holder())
    book.create_sheet("说明").append(["填表说明"])
    assert found(book_of_certificates(lake, book)) == {"sheet_without_header": 1}


@pytest.mark.parametrize("row", [["合计", 2], [None, "合计：2人"], [1, "总计"], ["小计"]])
def test_a_closing_row_of_sums_is_no_record(lake: Lake, row: list[Any]) -> None:
    assert certificates(lake, holder(), row)["rows_in"] == 1


def test_whoever_has_a_number_is_no_sum_whatever_he_is_called(lake: Lake) -> None:
    assert certificates(lake, holder(姓名="合计"), ["合计", 1])["rows_in"] == 1


def test_an_address_that_begins_with_the_word_for_sum_is_a_record(lake: Lake) -> None:
    assert certificates(lake, holder(家庭住址="合计村1号"))["rows_in"] == 1


def test_a_cell_merged_downwards_stands_in_every_row_that_it_covers(lake: Lake) -> None:
    book = workbook(*[holder(行政区划代码="370102001" if n == 0 else None) for n in range(3)], [None], holder())
    column = list(CERTIFICATE_COLUMNS).index("行政区划代码") + 1
    book.worksheets[0].merge_cells(start_row=3, end_row=5, start_column=column, end_column=column)
    record = book_of_certificates(lake, book)
    assert [row["area_code"] for row in rows(lake, record, "person_record")] == ["370102001"] * 3 + [None]


@pytest.mark.parametrize("is_1904", [False, True])
def test_real_dates_and_bare_serials_follow_the_workbooks_own_calendar(lake: Lake, is_1904: bool) -> None:
    book = workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    serial = 47484 - (1462 if is_1904 else 0)
    for value in (datetime(2030, 1, 1), serial, float(serial), str(serial)):
        book.worksheets[0].append(holder(有效期至=value))
    record = book_of_certificates(lake, book)
    assert [row["valid_until"] for row in rows(lake, record, "certificate")] == [date(2030, 1, 1)] * 4


def test_a_wrong_size_stated_in_the_file_cuts_no_row_off(lake: Lake) -> None:
    content, small = io.BytesIO(), io.BytesIO()
    workbook(holder(), holder()).save(content)
    with zipfile.ZipFile(content) as whole, zipfile.ZipFile(small, "w") as copy:
        for name in whole.namelist():
            text = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', whole.read(name))
            copy.writestr(name, text)
    files = {"cl_cert_20261122.xlsx": ("file", small.getvalue())}
    assert deliver(lake, "disabled_federation", files)["kept"] == 2


def renumbered(number: int) -> bytes:
    """A workbook of two records, the second of which says that it stands in another row."""
    content, copy = io.BytesIO(), io.BytesIO()
    workbook(holder(), holder()).save(content)
    with zipfile.ZipFile(content) as whole, zipfile.ZipFile(copy, "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name).replace(b'<row r="4"', b'<row r="%d"' % number))
    return copy.getvalue()


@pytest.mark.parametrize(("number", "state"), [(1_048_576, "ok"), (1_048_577, "refused"), (99_999_999_999, "refused")])
def test_a_row_below_the_last_of_a_spreadsheet_refuses_the_file_at_once(lake: Lake, number: int, state: str) -> None:
    record = deliver(lake, "disabled_federation", {"cl_cert_20261122.xlsx": ("file", renumbered(number))})
    assert (record["state"], record["kept"]) == (state, 2 if state == "ok" else 0)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(lake: Lake, content: bytes) -> None:
    record = deliver(lake, "disabled_federation", {"cl_cert_20261122.xlsx": ("file", content)})
    assert (record["state"], record["reason"].split(";")[0]) == (
        "refused", "disabled_federation cl_cert_20261122.xlsx: the workbook is broken")


def bomb(size: int) -> bytes:
    """A workbook with a small part that unpacks to many bytes."""
    content = io.BytesIO()
    workbook(holder()).save(content)
    archive = zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/more.xml", "w") as part:
        for _ in range(size // 10_000_000):
            part.write(bytes(10_000_000))
    return content.getvalue()


def test_a_workbook_that_unpacks_to_more_than_is_read_is_refused_whole_and_fills_no_memory(lake: Lake) -> None:
    content = bomb(1_000_000_000)
    assert len(content) < 6_000_000
    tracemalloc.start()
    record = deliver(lake, "disabled_federation", {"cl_cert_20261122.xlsx": ("file", content)})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    what, expected, found, then, _ = record["reason"].split("; ")
    assert what == "disabled_federation cl_cert_20261122.xlsx: the workbook unpacks to more than is read"
    assert expected == "expected at most 1000000000 bytes unpacked"
    assert re.fullmatch(r"found 10000\d{5}", found)
    assert (record["state"], then.split(":")[0]) == ("refused", "next")


@pytest.mark.parametrize(("most", "state"), [(2, "ok"), (1, "refused")])
def test_so_many_merged_ranges_are_held_and_no_more(
    most: int, state: str, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert xlsx_cells.MOST_MERGED == 500_000
    monkeypatch.setattr(xlsx_cells, "MOST_MERGED", most)
    book = workbook(holder(), holder(), holder())
    book.create_sheet("second").merge_cells("A1:A2")
    book.worksheets[0].merge_cells("C3:C4")
    record = book_of_certificates(lake, book)
    assert record["state"] == state
    assert ("merged ranges" in str(record["reason"])) is (state == "refused")


@pytest.mark.parametrize("size", range(1, 60))
def test_a_merged_range_is_found_wherever_a_piece_ends(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_cells, "PIECE", size)
    xml = b"<a>" + b'<mergeCell ref="A1:B20"/><x:mergeCell ref="C3:C4"/>' * 3 + b"</a>"
    assert list(xlsx_cells._ranges(io.BytesIO(xml))) == [(1, 1, 2, 20), (3, 3, 3, 4)] * 3


def test_a_sheet_without_an_agreed_column_refuses_the_file_and_counts_its_rows(lake: Lake) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append([column for column in CERTIFICATE_COLUMNS if column != "残疾人证号"])
    for _ in range(3):
        book.worksheets[0].append(["李某"])
    record = book_of_certificates(lake, book)
    assert (record["state"], record["rows_in"], record["refused"]) == ("refused", 3, 3)
    assert "残疾人证号" in record["reason"]


def test_a_sheet_named_by_an_id_is_not_named_in_the_refusal(lake: Lake) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = f"王某 {ID_A}"
    book.worksheets[0].append([column for column in CERTIFICATE_COLUMNS if column != "残疾人证号"])
    assert "sheet 王某 ***: the header" in book_of_certificates(lake, book)["reason"]


@pytest.mark.parametrize("wanting", [0, 1, 2])
def test_the_rows_of_all_sheets_are_refused_with_one_of_them(lake: Lake, wanting: int) -> None:
    book = openpyxl.Workbook()
    for number, sheet in enumerate([book.worksheets[0], book.create_sheet(), book.create_sheet()]):
        sheet.append([name for name in CERTIFICATE_COLUMNS if number != wanting or name != "残疾人证号"])
        for _ in range(number + 2):
            sheet.append(["李某"])
    record = book_of_certificates(lake, book)
    assert (record["state"], record["rows_in"], record["refused"]) == ("refused", 9, 9)
