"""Error returns as their owners open them: text only, keys masked where they tell a person, one printed cover."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lowincome.deliver.error_return import ErrorReturn
from lowincome.deliver.return_book import COLUMNS, write_return
from lowincome.sources.faults import fault_words
from lowincome.sources.spec import registry

D = date(2026, 11, 22)
CITY = registry()["city_check"]
WEEK = {"first_day": date(2026, 11, 16), "last_day": D, "days": 7, "late_days": 1, "rows_in": 200, "quarantined": 3,
        "refused": 0, "opened": 4, "corrected": 1, "open_faults": 1, "open_rejected": 1, "days_to_correct": 1.5}
TOLD = {"title_zh": "市核对", "title": "City", "state": "ok", "as_of": "2026-11-22", "reason": None,
        "findings": None}


def fault(**changes: Any) -> dict[str, Any]:
    return {"source": "city_check", "table_name": "person_record", "record_key": "city_check:R1",
            "fault": "updated_after_data_date", "fault_kind": "rejected", "line": None, "first_seen": D,
            "last_seen": D, "status": "open", "closed_on": None, "occurrences": 1, "openings": 1} | changes


def written(path: Path, *rows: dict[str, Any], told: dict[str, Any] | None = None, **week: Any) -> Any:
    """The workbook as written, opened again."""
    write_return(path, ErrorReturn(
        source="city_check", recipient="市核对中心", data_date=D, told=TOLD | (told or {}), words=fault_words(CITY),
        open=[row for row in rows if row["status"] == "open"], closed=[row for row in rows if row["status"] != "open"],
        weeks=[WEEK | week]))
    return openpyxl.load_workbook(path)


def cover_text(book: Any) -> str:
    return "\n".join(str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value)


def column(book: Any, name: str, sheet: str = "待更正") -> list[str]:
    place = [heading.partition("\n")[0] for heading, _ in COLUMNS].index(name)
    return [row[place] for row in book[sheet].iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize(("key", "shown"), [
    ("R1", "R1"), ("370102196001022324", "3701**********2324"), ("13800001234", "138****1234"), ("=1+1", "=1+1"),
    ("370102600102232", "3701**********2232"), ("37010219600102232X42", "3701**********2X42"),
    ("37010219600102232442B1", "3701**********42B1"), ("3701021960010223244", "3701021960010223244"),
    ("SD202610310000161/1", "SD202610310000161/1"),
    ("@SUM(A1)", "@SUM(A1)")])
def test_a_key_that_tells_a_person_is_masked_and_one_that_looks_like_a_formula_is_text(
    tmp_path: Path, key: str, shown: str
) -> None:
    book = written(tmp_path / "r.xlsx", fault(record_key=f"city_check:{key}"))
    assert column(book, "记录编号") == [shown]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_open_and_closed_faults_stand_apart_and_say_what_became_of_them(tmp_path: Path) -> None:
    book = written(tmp_path / "r.xlsx", fault(), fault(openings=2),
                   fault(status="corrected", closed_on=D), fault(status="withdrawn", closed_on=D))
    assert column(book, "状态") == ["待更正\nOpen", "待更正\nOpen\n再次出现 again"]
    assert column(book, "状态", "近四周已关闭") == ["已更正\nCorrected\n2026-11-22", "已撤回\nWithdrawn\n2026-11-22"]


def test_what_two_tables_say_alike_of_one_record_stands_once(tmp_path: Path) -> None:
    alike = {"fault": "something_new", "record_key": "city_check:R7"}
    book = written(tmp_path / "r.xlsx", fault(table_name="check_report", **alike),
                   fault(table_name="person_record", **alike), fault())
    assert len(column(book, "记录编号")) == 2 and column(book, "序号") == ["1", "2"]
    assert "2 行，同一记录的相同问题合为一行" in cover_text(book)


@pytest.mark.parametrize(("last_seen", "is_told"), [(D, True), (date(2026, 11, 21), False)])
def test_only_the_refusal_of_the_day_is_told_with_the_days_reason(
    tmp_path: Path, last_seen: date, is_told: bool
) -> None:
    whole = fault(table_name="delivery", record_key="city_check:delivery", fault="delivery_refused",
                  fault_kind="delivery", last_seen=last_seen)
    book = written(tmp_path / "r.xlsx", whole, told={"reason": "city: delivery.balances: why"})
    (found,) = column(book, "发现的问题")
    assert ("交付的行数前后不平\nRows read are not all accounted for\ncity: delivery.balances" in found) is is_told


def test_the_cover_tells_the_weeks_and_that_more_is_open_than_is_listed(tmp_path: Path) -> None:
    def cover(**week: Any) -> str:
        return cover_text(written(tmp_path / "r.xlsx", fault(), **week))

    text = cover()
    for expected in ("仅供 市核对中心 使用", "11-16 – 11-22", "7 / 1", "3（1.50%）", "1.5", "1 项 items"):
        assert expected in text
    assert "本表列出" not in text and "合为一行" not in text
    assert "最早的 1 项" in cover(open_faults=2)


def test_the_same_return_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.xlsx", fault())
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(("findings", "is_told"), [
    ([{"code": "household_number_is_id", "count": 7}], True),
    ([{"code": "person_record:unknown_code:relation", "count": 7}], False), ([], False)])
def test_the_cover_tells_the_owner_in_both_languages_that_household_numbers_are_ids(
    tmp_path: Path, findings: list[dict[str, Any]], is_told: bool
) -> None:
    told = cover_text(written(tmp_path / "r.xlsx", told={"findings": findings}))
    for words in ("户编号就是身份证号", "Household numbers are ID numbers", "× 7"):
        assert (words in told) is is_told
