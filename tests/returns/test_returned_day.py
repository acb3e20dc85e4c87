"""Error returns through whole days: a broken file is told to its owner, followed, and closed by a better one."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
from lowincome import steps
from lowincome.lake import Lake
from lowincome.register import dispositions
from lowincome.settings import read_settings

from tests.small_day import SON, D, answer, flags, parquet, roster, rural

RunDay = Callable[..., Path]
NEXT, THIRD, FOURTH = (D + timedelta(days=days) for days in (1, 2, 3))
SHORT = "RH2,张三丰,张三丰,,370102199001011234\n"
"""A row of the rural file with too few cells, and a name and an ID in it."""


def broken(day: Any, *lines: str) -> dict[str, tuple[str, bytes]]:
    """The rural file of a day with more rows."""
    ((name, (part, content)),) = rural(day).items()
    return {name: (part, content + "".join(lines).encode("gb18030"))}


def sheet(folder: Path, name: str, source: str = "rural_revitalization") -> list[dict[str, Any]]:
    """The rows of a sheet of a source's return, by Chinese heading."""
    book = openpyxl.load_workbook(folder / "returns" / f"{source}.xlsx")
    head, *rows = book[name].iter_rows(values_only=True)
    names = [str(cell).partition("\n")[0] for cell in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


def scorecard(folder: Path) -> dict[str, Any]:
    """The rural source's newest week."""
    found = json.loads((folder / "validation" / "results.json").read_text("utf-8"))
    week: dict[str, Any] = found["returns"]["rural_revitalization"][0]
    return week


def cells(folder: Path) -> Iterator[Any]:
    for path in sorted((folder / "returns").glob("*.xlsx")):
        for each in openpyxl.load_workbook(path).worksheets:
            yield from (cell for row in each.iter_rows() for cell in row if cell.value is not None)


def test_a_row_is_returned_followed_over_an_outage_and_closed_by_the_next_good_file(run_day: RunDay) -> None:
    first = run_day(rural_revitalization=broken(D, SHORT))
    (row,) = sheet(first, "待更正")
    assert (row["记录编号"], row["行号"]) == ("rr_monitor_20261122.csv:2", "3")
    assert row["处理情况"].startswith("未采用")
    assert row["发现的问题"] == "该行的栏数少于表头\nThe row has fewer cells than the header"
    assert row["首次发现"] == row["最近出现"] == "2026-11-22"
    second = run_day(NEXT, rural_revitalization=None)
    whole, kept = sheet(second, "待更正")
    assert (whole["处理情况"].partition("\n")[0], whole["记录编号"]) == ("整批交付", "—")
    assert (kept["最近出现"], kept["出现天数"]) == ("2026-11-22", "1")
    third = run_day(THIRD, rural_revitalization=broken(THIRD, SHORT))
    (row,) = sheet(third, "待更正")
    assert (row["记录编号"], row["首次发现"], row["出现天数"]) == ("rr_monitor_20261124.csv:2", "2026-11-22", "2")
    fourth = run_day(FOURTH)
    assert sheet(fourth, "待更正") == []
    closed = {row["发现的问题"].partition("\n")[0]: row["状态"] for row in sheet(fourth, "近四周已关闭")}
    assert closed == {"该行的栏数少于表头": "已更正\nCorrected\n2026-11-25",
                      "当日没有收到可用的交付": "已更正\nCorrected\n2026-11-24"}
    week = scorecard(fourth)
    assert (week["days"], week["late_days"], week["opened"], week["corrected"]) == (4, 1, 1, 1)
    assert (week["open_faults"], week["days_to_correct"]) == (0, 3.0)
    page = (fourth.parent / "reports" / "rural_revitalization.html").read_text("utf-8")
    assert f"<td class=\"d\">{week['first_day']} – {week['last_day']}</td><td class=\"n\">4</td>" in page


def test_a_refused_file_is_returned_whole_with_its_reason_and_closes_nothing(run_day: RunDay) -> None:
    run_day(rural_revitalization=broken(D, SHORT))
    ((name, (part, content)),) = rural(NEXT).items()
    headless = content.decode("gb18030").replace("户编号", "编号").encode("gb18030")
    rows = sheet(run_day(NEXT, rural_revitalization={name: (part, headless)}), "待更正")
    assert [row["处理情况"].partition("\n")[0] for row in rows] == ["整批交付", "未采用"]
    assert "表头缺少约定的栏目" in rows[0]["发现的问题"]
    assert "missing 户编号" in rows[0]["发现的问题"]


def test_a_source_in_order_is_told_so_and_every_source_has_its_workbook(run_day: RunDay) -> None:
    folder = run_day()
    assert {path.stem for path in (folder / "returns").iterdir()} == {
        "province_check", "city_check", "medical_insurance", "rural_revitalization", "disabled_federation",
        "assistance_roster"}
    assert sheet(folder, "待更正") == []


def test_no_name_id_or_value_of_a_record_stands_in_a_return_and_nothing_is_a_formula(run_day: RunDay) -> None:
    found = list(cells(run_day(rural_revitalization=broken(D, SHORT, f"RH3,=1+1,{SON}\n"))))
    text = " ".join(str(cell.value) for cell in found)
    assert not any(secret in text for secret in ("张三丰", "370102199001011234", SON, "=1+1", "王秀英", "赵某"))
    assert {cell.data_type for cell in found} == {"s"}


def test_a_past_day_run_again_keeps_its_return_whatever_was_corrected_since(run_day: RunDay) -> None:
    run_day(rural_revitalization=broken(D, SHORT))
    folder = run_day(NEXT, rural_revitalization=broken(NEXT, SHORT))
    table = Lake(read_settings().lake).partition("returns", "error_return", NEXT)
    before = [table.read_bytes(), (folder / "returns" / "rural_revitalization.xlsx").read_bytes()]
    run_day(THIRD)
    for step in steps.DAY:
        step(NEXT.isoformat())
    assert [table.read_bytes(), (folder / "returns" / "rural_revitalization.xlsx").read_bytes()] == before
    assert [row["status"] for row in pq.read_table(table).to_pylist()] == ["open"]


def test_a_cell_of_a_kept_record_that_cannot_be_read_is_returned_by_its_key(run_day: RunDay) -> None:
    tables = roster()
    name, content = tables["assist_member.parquet"]
    (member,) = pq.read_table(io.BytesIO(content)).to_pylist()
    tables["assist_member.parquet"] = (name, parquet(member | {"birth_date": "1960年"}))
    (row,) = sheet(run_day(assistance_roster=tables), "待更正", "assistance_roster")
    assert (row["记录编号"], row["栏目"]) == ("J1/1", "birth_date（出生日期 date of birth）")
    assert row["处理情况"].startswith("已采用，存疑")
    assert sheet(run_day(NEXT), "待更正", "assistance_roster") == []


def test_what_a_visit_found_wrong_is_returned_to_the_system_that_said_it_until_it_says_something_else(
    run_day: RunDay,
) -> None:
    car = answer("A04", quantity=1)
    flag = flags(run_day(facts=[car]))["B04"]
    now = datetime(2026, 11, 22, 18)
    told = dispositions.Answer(flag["flag_id"], "data_wrong", D, "", "caseworker", now, "page", D)
    assert dispositions.record(read_settings().register_url, [told]) == ["recorded"]
    (row,) = sheet(run_day(NEXT, facts=[car]), "待更正", "province_check")
    assert (row["记录编号"], row["栏目"]) == ("SD1/1", "itemCode = A04")
    assert row["发现的问题"].startswith("入户核查认定“机动车”一项与实际不符")
    run_day(THIRD, facts=[answer("A04", "NONE")])
    last = run_day(FOURTH, facts=[answer("A04", "NONE")])
    assert sheet(last, "待更正", "province_check") == []
    assert [row["状态"].partition("\n")[0] for row in sheet(last, "近四周已关闭", "province_check")] == ["已更正"]
