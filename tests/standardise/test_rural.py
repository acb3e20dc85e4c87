"""The CSV file as it is met."""

from datetime import date

import pytest
from lowincome.lake import Lake

from tests.standardise.deliveries import ID_A, RURAL_COLUMNS, deliver, found, quarantine, rows, rural, rural_row


@pytest.mark.parametrize(
    "text", [f"'{ID_A}", f'="{ID_A}"', "３７０１０２１９６００１０２２３２４", f"{ID_A}\t", f"{ID_A}\u3000", f" {ID_A}"]
)
def test_an_armoured_id_is_read(lake: Lake, text: str) -> None:
    record = rural(lake, rural_row(证件号码=text))
    assert rows(lake, record, "person_record")[0]["id_raw"] == ID_A


@pytest.mark.parametrize("mark", ["\ufeff".encode(), "\ufeff".encode("gb18030")])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_mark_before_the_header_is_no_part_of_it(lake: Lake, mark: bytes, quote: str) -> None:
    header = ",".join(f"{quote}{column}{quote}" for column in RURAL_COLUMNS)
    encoding = "utf-8" if mark == "\ufeff".encode() else "gb18030"
    content = mark + f"{header}\r\n{rural_row()}".encode(encoding)
    record = deliver(lake, "rural_revitalization", {"rr_monitor_20261122.csv": ("file", content)})
    assert (record["state"], record["kept"], found(record)) == ("ok", 1, {})


def test_a_lower_case_check_digit_is_read_as_upper_case(lake: Lake) -> None:
    record = rural(lake, rural_row(证件号码="11010519491231002x"))
    assert rows(lake, record, "person_record")[0]["id_raw"] == "11010519491231002X"


@pytest.mark.parametrize("text", ["2026-01-02", "2026/1/2", "20260102", "2026年1月2日"])
def test_a_date_is_read_in_four_ways(lake: Lake, text: str) -> None:
    record = rural(lake, rural_row(识别日期=text))
    assert rows(lake, record, "monitored_household")[0]["identified_on"] == date(2026, 1, 2)


def test_records_are_numbered_without_header_and_blank_lines_but_with_quarantined_ones(lake: Lake) -> None:
    record = rural(
        lake,
        rural_row(详细地址="甲,\n乙"),
        "",
        "x,y",
        rural_row().encode("gb18030") + b",z",
        rural_row().encode("gb18030")[:-1] + b'\xff"',
        rural_row(),
    )
    keys = [row["record_key"].rpartition(":")[2] for row in rows(lake, record, "person_record")]
    lines = {row["reason"]: row["line"] for row in rows(lake, record, "rejected_record")}
    assert keys == ["1", "5"]
    assert lines == {"too_few_cells": 5, "too_many_cells": 6, "bytes_not_gb18030": 7}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (5, 2, 3)


def test_a_missing_required_column_refuses_the_file(lake: Lake) -> None:
    record = rural(lake, header=",".join(column for column in RURAL_COLUMNS if column != "户编号"))
    assert record["state"] == "refused"
    assert "户编号" in record["reason"]


def test_an_unknown_column_is_reported_and_not_fatal(lake: Lake) -> None:
    record = rural(lake, rural_row() + ",新", header=",".join(RURAL_COLUMNS) + ",新列")
    assert record["state"] == "ok"
    assert found(record) == {"file:unknown_column:新列": 1}


def test_a_refused_file_counts_the_records_that_it_holds(lake: Lake) -> None:
    header = ",".join(column for column in RURAL_COLUMNS if column != "证件号码")
    record = rural(lake, rural_row(), "", "x,y", rural_row(), header=header)
    assert [record[name] for name in ("rows_in", "kept", "quarantined", "refused")] == [3, 0, 0, 3]


def test_columns_are_found_by_name_in_any_order_under_marks_and_spaces(lake: Lake) -> None:
    turned = list(reversed(RURAL_COLUMNS))
    header = "\ufeff" + ",".join(f" {column}\u3000" for column in turned)
    cells = dict(zip(RURAL_COLUMNS, rural_row().split(","), strict=True))
    record = rural(lake, ",".join(cells[column] for column in turned), header=header)
    assert rows(lake, record, "person_record")[0]["id_raw"] == ID_A


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_utf8_mark_is_no_part_of_the_first_column(lake: Lake, encoding: str) -> None:
    text = ",".join(RURAL_COLUMNS) + "\n" + rural_row(姓名="张𫖯")
    files = {"rr_monitor_20261122.csv": ("file", b"\xef\xbb\xbf" + text.encode(encoding))}
    record = deliver(lake, "rural_revitalization", files)
    assert rows(lake, record, "person_record")[0]["name"] == "张𫖯"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_of_either_kind_and_lines_within_quotes(lake: Lake, end: bytes) -> None:
    record = rural(lake, rural_row(详细地址="甲,\n\n乙"), rural_row(), "x", end=end)
    assert [row["record_key"][-2:] for row in rows(lake, record, "person_record")] == [":1", ":2"]
    assert [row["line"] for row in rows(lake, record, "rejected_record")] == [6]


def test_a_broken_byte_within_a_quoted_record_of_several_lines_rejects_that_record_alone(lake: Lake) -> None:
    broken = rural_row(详细地址="甲\n乙").encode("gb18030").replace("乙".encode("gb18030"), b"\xff")
    record = rural(lake, rural_row(), broken, rural_row())
    assert quarantine(lake, record) == {("rural_revitalization:rr_monitor_20261122.csv:2", "bytes_not_gb18030")}
    assert [row["line"] for row in rows(lake, record, "rejected_record")] == [3]
    assert (record["kept"], record["quarantined"]) == (2, 1)


@pytest.mark.parametrize("tail", [b"\x81", b"\xff", b"\x81\x30", b"\x81\x30\x81"])
def test_broken_bytes_never_swallow_the_next_cell_or_line(lake: Lake, tail: bytes) -> None:
    cells = rural_row().encode("gb18030").replace('"张某"'.encode("gb18030"), b'"' + tail + b'"')
    record = rural(lake, cells, rural_row())
    assert [row["reason"] for row in rows(lake, record, "rejected_record")] == ["bytes_not_gb18030"]
    assert record["kept"] == 1


def test_a_line_of_nothing_but_commas_is_a_record(lake: Lake) -> None:
    record = rural(lake, "," * (len(RURAL_COLUMNS) - 1), "\u3000\t", rural_row())
    assert quarantine(lake, record) == {
        ("rural_revitalization:rr_monitor_20261122.csv:1", "required:household_key")}
    assert rows(lake, record, "person_record")[0]["record_key"].endswith(".csv:2")


def test_a_cell_without_end_refuses_the_file(lake: Lake) -> None:
    record = rural(lake, '"' + "x" * 1_100_000)
    assert record["state"] == "refused"
    assert "cannot be told apart" in record["reason"]


@pytest.mark.parametrize("end", ["", "\r\n", "\n\n"])
@pytest.mark.parametrize("tail", ['"', 'RH2,"张某', 'RH2,"张某,\r\nRH3,李某', '"RH2""'])
def test_a_quote_that_is_never_closed_refuses_the_file_and_names_its_line(lake: Lake, tail: str, end: str) -> None:
    record = rural(lake, rural_row(详细地址="甲\n乙"), tail + end)
    assert (record["state"], record["kept"]) == ("refused", 0)
    assert "rr_monitor_20261122.csv line 4: the records cannot be told apart" in record["reason"]


@pytest.mark.parametrize("end", ["", "\r\n", "\n\n"])
@pytest.mark.parametrize(("typed", "name"), [
    ('"张,\r\n某"', "张,\r\n某"), ('"张"某', "张某"), ('张"某', '张"某'), ('"张""某"', '张"某'), ('""', None)])
def test_a_quote_that_is_closed_or_stands_within_a_cell_ends_with_it(
    lake: Lake, typed: str, name: str | None, end: str
) -> None:
    row = rural_row(户编号="RH2").replace('"张某"', typed)
    record = rural(lake, rural_row(), row + end)
    assert (record["state"], record["rows_in"]) == ("ok", 2)
    assert [entry["name"] for entry in rows(lake, record, "person_record")] == ["张某", name]


@pytest.mark.parametrize("text", ["2026112", "26-1-2", "2026-13-01", "二〇二六年", "20260230"])
def test_a_date_that_cannot_be_read_is_unknown_and_a_finding(lake: Lake, text: str) -> None:
    record = rural(lake, rural_row(识别日期=text))
    assert rows(lake, record, "monitored_household")[0]["identified_on"] is None
    assert found(record)["monitored_household:unreadable:identified_on"] == 1


@pytest.mark.parametrize(("text", "fen"), [
    ("6000", 600000), ("6,000.50", 600050), ("6000.5元", 600050), ("", None), ("无", None)])
def test_an_income_as_typed_becomes_fen(lake: Lake, text: str, fen: int | None) -> None:
    record = rural(lake, rural_row(家庭年人均纯收入=text))
    assert rows(lake, record, "monitored_household")[0]["yearly_income_fen"] == fen


@pytest.mark.parametrize(("text", "number"), [("RH1", "RH1"), ("'007", "007"), ('="007"', "007"), (" RH1\t", "RH1")])
def test_a_household_number_is_read_without_its_armour(lake: Lake, text: str, number: str) -> None:
    record = rural(lake, rural_row(户编号=text))
    assert rows(lake, record, "person_record")[0]["household_key"] == f"rural_revitalization:{number}"


def test_the_same_record_twice_is_two_records(lake: Lake) -> None:
    record = rural(lake, rural_row(), rural_row(), door=True)
    assert (record["state"], record["kept"]) == ("ok", 2)


@pytest.mark.parametrize(("number", "reason"), [
    ("无", "required:household_key"), ("合计", "required:household_key"), ("/", "required:household_key"),
    ("无1", None), ("合计村1", None)])
def test_a_word_in_the_place_of_a_household_number_makes_no_family(lake: Lake, number: str, reason: str | None) -> None:
    record = rural(lake, rural_row(户编号=number))
    assert [row["reason"] for row in rows(lake, record, "rejected_record")] == ([reason] if reason else [])


@pytest.mark.parametrize("name", ["合计", "小计"])
def test_somebody_whose_name_is_the_word_for_sum_is_a_record_with_and_without_an_id(lake: Lake, name: str) -> None:
    record = rural(lake, rural_row(姓名=name), rural_row(姓名=name, 证件号码=""))
    assert [row["id_raw"] for row in rows(lake, record, "person_record")] == [ID_A, None]
    assert record["kept"] == 2
