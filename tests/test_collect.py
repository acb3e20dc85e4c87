"""Filled worklists come back: each row is taken once, or returned with its reason."""

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.collect import collect
from lowincome.deliver.answers import DATE_LABEL, reasons
from lowincome.deliver.columns import COVER_SHEET, PLACES
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.workbook import write_workbook
from lowincome.lake import Lake, write_table
from lowincome.register import dispositions, ledger
from lowincome.settings import read_settings

from tests.deliver.listing import D, flag, worklist
from tests.register.test_dispositions import enter, outcomes

NOW = "2026-11-21T07:00:00+08:00"
NEXT, LATER = date(2026, 11, 21), date(2026, 11, 30)
GOOD = {"核查结果": "属实", "核查日期": "2026-11-20", "备注": "=1+1"}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Three open flags in two rows; drops the list filled as told and collects it."""
    url = f"sqlite:///{tmp_path / 'register.db'}"
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_REGISTER_URL", url)
    ledger.migrate(url)
    first, second, third = enter(url, D, "certain", "certain", "certain")
    flags = (flag(first), flag(second, "B05"), flag(third, item_id="H2"))

    def drop(
        *rows: dict[str, Any], name: str = "a.xlsx", password: str | None = None, closed: tuple[str, ...] = (),
        cover: bool = True, day: str = D.isoformat(), change: Callable[[Any], object] = lambda sheet: None,
    ) -> dict[str, Any]:
        if closed:
            enter(url, NEXT, *("false" if rule in closed else "certain" for rule in ("B04", "B05", "other")))
        path = tmp_path / "answers" / name
        path.parent.mkdir(exist_ok=True)
        write_workbook(path, worklist(*flags))
        book = openpyxl.load_workbook(path)
        for number, row in enumerate(rows, 2):
            for column, value in row.items():
                cell = book["清单"].cell(number, PLACES[column] + 1)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
        if not cover:
            book[COVER_SHEET]["A3"] = None
        for label, value in book[COVER_SHEET].iter_rows(max_col=2):
            if str(label.value).startswith(DATE_LABEL):
                value.value = day
        change(book["清单"])
        book.save(path)
        if password:
            lock_workbook(path, password, tmp_path / "vault")
        counts = collect(NOW)
        known = dispositions.in_force(url, LATER)
        said = {entry["flag_id"]: (entry["finding"], entry["visited_on"], entry["remark"]) for entry in known}
        returned = [openpyxl.load_workbook(file)["退回"] for file in sorted((path.parent / "returned").glob("*"))]
        reasons = [sheet.cell(row, 6).value for sheet in returned for row in range(2, sheet.max_row + 1)]
        return {"counts": counts, "said": [said.get(entry["flag_id"]) for entry in flags], "reasons": reasons,
                "authors": {entry["recorded_by"] for entry in known},
                "moments": {entry["recorded_at"] for entry in known}}

    return drop


def test_a_finding_holds_for_every_rule_of_its_row_and_an_empty_row_says_nothing(office: Callable[..., Any]) -> None:
    found = office(GOOD)
    assert found["said"] == [("confirmed", D, "=1+1")] * 2 + [None]
    assert (found["counts"], found["reasons"]) == ({"files": 1, "rows": 1, "recorded": 2, "rejected": 0}, [])


def test_a_finding_may_be_limited_to_some_rules(office: Callable[..., Any]) -> None:
    assert office(GOOD | {"仅限规则": "B05"})["said"] == [None, ("confirmed", D, "=1+1"), None]


def test_two_flags_of_one_rule_in_a_row_are_answered_apart_by_a_copy_of_the_row(office: Callable[..., Any]) -> None:
    def copied(sheet: Any) -> None:
        both = "B05:{}|B05:{}".format(*re.findall(r"B0\d:([^|]+)", sheet.cell(2, PLACES["标记编号"] + 1).value))
        for row, (only, finding) in enumerate((("B05-1", "属实"), ("Ｂ０５－２", "不属实")), 2):
            sheet.cell(row, PLACES["标记编号"] + 1).value = both
            for name, value in (GOOD | {"核查结果": finding, "仅限规则": only}).items():
                sheet.cell(row, PLACES[name] + 1).value = value

    found = office(change=copied)
    assert found["said"] == [("confirmed", D, "=1+1"), ("not_confirmed", D, "=1+1"), None]
    assert (found["counts"]["recorded"], found["reasons"]) == (2, [])


@pytest.mark.parametrize(("only", "is_taken"), [
    ("B05", [True, True]), ("B05-2", [False, True]), ("b05–1", [True, False]), ("B05-1、B05-2", [True, True]),
    (" ", [True, True]), ("B05-3", [False, False]), ("B05-0", [False, False]), ("B05-1、2", [False, False]),
    ("B051", [False, False]), ("第一件", [False, False]), ("B04", [False, False])])
def test_a_limit_names_one_flag_or_all_of_a_rule_and_what_cannot_be_read_is_none(
    office: Callable[..., Any], only: str, is_taken: list[bool]
) -> None:
    def of_one_rule(sheet: Any) -> None:
        cell = sheet.cell(2, PLACES["标记编号"] + 1)
        cell.value = cell.value.replace("B04:", "B05:")

    found = office(GOOD | {"仅限规则": only}, change=of_one_rule)
    assert [said is not None for said in found["said"][:2]] == is_taken
    assert [("仅限规则" in reason) for reason in found["reasons"]] == ([] if any(is_taken) else [True])


@pytest.mark.parametrize("written", ["2026-11-20", "2026/11/20", "2026年11月20日", D])
def test_a_date_may_be_written_as_people_write_it(office: Callable[..., Any], written: object) -> None:
    assert office(GOOD | {"核查日期": written})["said"][0] == ("confirmed", D, "=1+1")


@pytest.mark.parametrize("written", ["属实", "Confirmed", "属实 Confirmed", " 属实 "])
def test_a_finding_may_be_chosen_or_typed_in_either_language(office: Callable[..., Any], written: str) -> None:
    assert office(GOOD | {"核查结果": written})["said"][0] == ("confirmed", D, "=1+1")


def test_a_remark_is_taken_character_for_character(office: Callable[..., Any]) -> None:
    written = " =1+1\t＝1\n'@_x000D_"
    assert office(GOOD | {"备注": written})["said"][0] == ("confirmed", D, " =1+1\t＝1\n'@\r")


@pytest.mark.parametrize(("change", "reason"), [
    ({"核查结果": None}, "缺核查结果"), ({"核查结果": "也许"}, "不在下拉列表"), ({"核查日期": "昨天"}, "核查日期缺失"),
    ({"核查日期": "2026-02-30"}, "核查日期缺失"), ({"核查日期": "2026-11-22"}, "晚于今日"),
    ({"核查日期": "2026-11-19"}, "早于该标记首次发现之日"), ({"核查日期": "0226-11-20"}, "早于该标记首次发现之日"),
    ({"仅限规则": "B07"}, "仅限规则"), ({"标记编号": "x"}, "标记编号被改动"), ({"标记编号": "B04:F0"}, "没有该标记")])
def test_a_bad_row_comes_back_with_its_reason_and_the_good_one_is_taken(
    office: Callable[..., Any], change: dict[str, Any], reason: str
) -> None:
    found = office(GOOD | change, GOOD)
    assert found["said"] == [None, None, ("confirmed", D, "=1+1")]
    assert found["counts"]["rejected"] == 1
    assert len(found["reasons"]) == 1
    assert reason in found["reasons"][0]


def test_the_same_answers_again_change_nothing_whatever_the_file_is_called(office: Callable[..., Any]) -> None:
    office(GOOD)
    again = office(GOOD, name="b.xlsx")
    assert (again["counts"]["recorded"], again["counts"]["rejected"]) == (0, 0)
    assert office(GOOD | {"核查结果": "转介"})["said"][0] == ("referred", D, "=1+1")


def test_a_locked_list_opens_with_its_districts_password_and_another_is_returned_whole(
    office: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "recipients.yaml"
    page.write_text("'370102': {name: a, password: 江北-7}", "utf-8")
    page.chmod(0o600)
    monkeypatch.setenv("LOWINCOME_RECIPIENTS", str(page))
    assert office(GOOD, password="other")["reasons"][0].startswith("文件已加密，密码不符")
    assert office(GOOD, password="江北-7")["said"][0] == ("confirmed", D, "=1+1")


def test_a_file_that_is_no_worklist_is_returned_and_stops_nobody(office: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "0.xlsx").write_bytes(b"no workbook")
    found = office(GOOD)
    assert found["counts"] == {"files": 2, "rows": 1, "recorded": 2, "rejected": 1}


def test_a_file_that_is_no_worklist_is_returned_once_however_often_it_comes(
    office: Callable[..., Any], tmp_path: Path
) -> None:
    counts = []
    for name in ("0.xlsx", "1.xlsx"):
        (tmp_path / "answers").mkdir(exist_ok=True)
        (tmp_path / "answers" / name).write_bytes(b"no workbook")
        counts.append(office(name="list.xlsx")["counts"]["rejected"])
    assert counts == [1, 0]


def test_a_list_is_taken_whatever_the_case_of_its_suffix(office: Callable[..., Any], tmp_path: Path) -> None:
    assert office(GOOD, name="LIXIA.XLSX")["said"][0] == ("confirmed", D, "=1+1")
    assert [path.name for path in (tmp_path / "answers").iterdir() if path.is_file()] == []


def test_a_file_of_another_kind_is_told_once_and_what_an_office_suite_keeps_is_left_alone(
    office: Callable[..., Any], tmp_path: Path
) -> None:
    kept = ("~$a.xlsx", ".~lock.a.xlsx#")
    (tmp_path / "answers").mkdir()
    for name in ("old.xls", *kept):
        (tmp_path / "answers" / name).write_bytes(b"something")
    found = office(GOOD)
    assert found["counts"] == {"files": 2, "rows": 1, "recorded": 2, "rejected": 1}
    assert [reason.split("，")[0] for reason in found["reasons"]] == ["文件不是 .xlsx 工作簿"]
    assert {path.name for path in (tmp_path / "answers").iterdir() if path.is_file()} == set(kept)
    assert collect(NOW)["files"] == 0


@pytest.mark.parametrize(("age", "files"), [(299, 0), (300, 1), (-300, 1)])
@pytest.mark.parametrize("name", ["a.xlsx", "a.part"])
def test_a_file_that_is_still_being_copied_is_left_until_it_is_whole(
    office: Callable[..., Any], tmp_path: Path, name: str, age: int, files: int
) -> None:
    office(name="before.xlsx")
    half, written = tmp_path / "answers" / name, datetime.fromisoformat(NOW).timestamp() - age
    half.write_bytes(b"PK half a workbook")
    os.utime(half, (written, written))
    assert (collect(NOW)["files"], half.exists()) == (files, not files)


def test_a_list_that_has_just_come_and_can_be_read_is_taken_at_once(
    office: Callable[..., Any], tmp_path: Path
) -> None:
    now = datetime.fromisoformat(NOW).timestamp()
    office(name="before.xlsx")
    path = next((tmp_path / "answers" / "imported").iterdir()).rename(tmp_path / "answers" / "now.xlsx")
    os.utime(path, (now, now))
    assert collect(NOW)["files"] == 1


def test_the_folder_may_be_a_link_to_one_outside_of_the_home(
    office: Callable[..., Any], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shared = tmp_path_factory.mktemp("shared")
    (tmp_path / "answers").symlink_to(shared)
    assert office(GOOD)["counts"]["recorded"] == 2
    assert [path.suffix for path in (shared / "imported").iterdir()] == [".xlsx"]


@pytest.mark.parametrize(("name", "begins"), [
    ("370102_历下区_2026-11-20.xlsx", "退回_370102-2026-11-20_"), ("LIXIA (2).XLSX", "退回_LIXIA-2_"),
    ("王秀英 13800001234 370102196001022324.xlsx", "退回_138-1234-3701-2324_"), ("王秀英.xlsx", "退回_")])
def test_what_came_back_is_found_by_the_name_of_its_list_and_names_no_person(
    office: Callable[..., Any], tmp_path: Path, name: str, begins: str
) -> None:
    office(GOOD | {"核查结果": None}, name=name)
    [returned] = (tmp_path / "answers" / "returned").iterdir()
    assert re.fullmatch(re.escape(begins) + r"[0-9a-f]{8}\.xlsx", returned.name)


@pytest.mark.parametrize("change", [
    lambda sheet: sheet.insert_cols(3), lambda sheet: sheet.delete_cols(3), lambda sheet: sheet.insert_rows(1),
    lambda sheet: sheet.move_range("O1:O9", cols=30)])
def test_a_list_whose_columns_were_moved_comes_back_whole_with_one_reason(
    office: Callable[..., Any], change: Callable[[Any], object]
) -> None:
    found = office(GOOD, {"备注": "only this"}, change=change)
    assert (found["said"], found["counts"]["rejected"]) == ([None] * 3, 1)
    assert found["reasons"] == ["\n".join(reasons()["moved_columns"].values())]


@pytest.mark.parametrize("change", [
    lambda sheet: sheet.insert_cols(len(PLACES) + 1), lambda sheet: sheet.cell(1, len(PLACES) + 1, "自己的"),
    lambda sheet: sheet.cell(1, 1, "序号 \r\nNo.")])
def test_what_stands_beside_the_lists_own_columns_changes_nothing(
    office: Callable[..., Any], change: Callable[[Any], object]
) -> None:
    assert office(GOOD, change=change)["said"][0] == ("confirmed", D, "=1+1")


def test_a_cover_that_names_a_day_without_a_list_is_returned_whole_and_hides_no_answer_to_a_true_one(
    office: Callable[..., Any]
) -> None:
    """Answers to a list of the future would make every true list stale."""
    forged = office(GOOD | {"核查结果": "转介"}, day=NEXT.isoformat())
    assert (forged["said"][0], forged["counts"]["rejected"]) == (None, 1)
    assert forged["reasons"][0].startswith("封面上的日期还没有下发过清单")
    assert office(GOOD, name="b.xlsx")["said"][0] == ("confirmed", D, "=1+1")


def test_what_was_found_this_morning_is_taken_and_its_moment_is_kept_in_universal_time(
    office: Callable[..., Any]
) -> None:
    found = office(GOOD | {"核查日期": NEXT.isoformat()})
    assert found["said"][0] == ("confirmed", NEXT, "=1+1")
    assert found["moments"] == {datetime(2026, 11, 20, 23)}


def test_a_row_of_which_one_flag_has_closed_is_taken_for_the_others_and_told_once(office: Callable[..., Any]) -> None:
    found = office(GOOD, closed=("B05",))
    assert found["said"] == [("confirmed", D, "=1+1"), None, None]
    assert found["counts"] == {"files": 1, "rows": 1, "recorded": 1, "rejected": 0}
    assert found["reasons"] == [told("B04：已记录；B05：{}\nB04: Recorded; B05: {}", "closed")]


def test_a_row_whose_flags_have_all_closed_is_rejected_as_one_row(office: Callable[..., Any]) -> None:
    found = office(GOOD, closed=("B04", "B05"))
    assert found["counts"] == {"files": 1, "rows": 1, "recorded": 0, "rejected": 1}
    assert found["reasons"] == [told("B04：{0}；B05：{0}\nB04: {1}; B05: {1}", "closed")]


def test_a_visit_counts_for_the_flags_of_its_row_that_were_there_already(
    office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second rule of the row was flagged the day after the visit."""
    known = dispositions.first_days

    def first_days(url: str, flag_ids: Any) -> dict[str, date]:
        later = {row["flag_id"] for row in ledger.open_flags(url, LATER).to_pylist() if row["subject_id"] == "H2"}
        return {flag_id: NEXT if flag_id in later else day for flag_id, day in known(url, flag_ids).items()}

    monkeypatch.setattr(dispositions, "first_days", first_days)
    found = office(GOOD)
    assert found["said"] == [("confirmed", D, "=1+1"), None, None]
    assert found["reasons"] == [told("B04：已记录；B05：{}\nB04: Recorded; B05: {}", "early_date")]


def test_an_answer_about_a_flag_that_was_merged_is_passed_on_and_the_row_tells_so(
    office: Callable[..., Any], tmp_path: Path
) -> None:
    """The household of the second flag is found to be that of the first, before the list comes back."""
    redirect = pa.Table.from_pylist([{"household_id": "H2", "leads_to": "H1"}], schema.TABLES["household_redirect"])
    lake, url = Lake(read_settings().lake), read_settings().register_url
    write_table(redirect, lake.partition("households", "household_redirect", NEXT))
    ledger.apply(url, NEXT, "run-merged", outcomes("certain", "", "certain").filter([True, False, True]), {"H2": "H1"})
    found = office(GOOD | {"仅限规则": "B05"})
    assert found["counts"] == {"files": 1, "rows": 1, "recorded": 1, "rejected": 0}
    assert found["reasons"] == [told("B05：{}\nB05: {}", "passed_on")]
    passed = dispositions.in_force(url, LATER, {"H2": "H1"})
    assert [(row["flag_id"], row["finding"]) for row in passed] == [(first_flag(url), "confirmed")]


def first_flag(url: str) -> str:
    """The flag that lives on."""
    open_flags = ledger.open_flags(url, LATER).to_pylist()
    return next(row["flag_id"] for row in open_flags if row["subject_id"] == "H1")


def told(text: str, reason: str) -> str:
    """What a returned row says, Chinese above English."""
    return text.format(*reasons()[reason].values())


def test_every_verdict_but_the_two_that_need_none_has_its_words() -> None:
    assert set(get_args(dispositions.Verdict)) - set(reasons()) == {"recorded", "unchanged"}


def test_the_author_of_a_dropped_list_is_its_recipient(office: Callable[..., Any]) -> None:
    assert office(GOOD)["authors"] == {"历下区救助科"}


def test_a_list_whose_cover_lost_its_recipient_names_its_file_as_author(office: Callable[..., Any]) -> None:
    assert office(GOOD, cover=False)["authors"] == {"unknown, file a.xlsx"}
