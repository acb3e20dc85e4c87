"""Workbooks as caseworkers get them: text only, masked, the same bytes, and unharmed by another office program."""

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
from lowincome.deliver import workbook
from lowincome.deliver.columns import COLUMNS, PLACES
from lowincome.deliver.cover import TOWNSHIPS
from lowincome.deliver.items import Item
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.workbook import write_workbook
from lowincome.deliver.worklist import Worklist
from openpyxl.utils.escape import unescape

from tests.deliver.listing import flag, worklist

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "＝1+1", "\t=1+1", "\r=1+1", "'=1+1",
           " 前后有空格 ", "两行\n=1+1", "00123", "1E5", "2026-11-20")
CELLS = workbook._cells


def written(path: Path, *flags: dict[str, Any], **changes: Any) -> Any:
    """The list as written, opened again."""
    write_workbook(path, worklist(*flags, **changes))
    return openpyxl.load_workbook(path)


def cells(sheet: Any, row: int) -> dict[str, Any]:
    return {column.zh: sheet.cell(row, place + 1).value for place, column in enumerate(COLUMNS)}


def test_a_row_is_masked_and_every_cell_is_text(tmp_path: Path) -> None:
    sheet = written(tmp_path / "w.xlsx", flag("F1"))["清单"]
    row = cells(sheet, 2)
    assert (row["户主或对象"], row["身份证号"], row["联系电话"]) == ("王**", "3701**********2324", "138****1234")
    assert (row["状态"], row["办理期限"], row["标记编号"]) == ("○ 未结\nopen", "2026-11-16\n已逾期 overdue", "B04:F1")
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line if cell.value} == {"s"}


def test_flags_of_one_rule_in_a_row_are_numbered_and_a_rule_that_stands_alone_is_not(tmp_path: Path) -> None:
    row = cells(written(tmp_path / "w.xlsx", flag("F1"), flag("F2"), flag("F3", "B05"))["清单"], 2)
    assert row["规则"] == "B04\nB05"
    assert [line.partition(" ")[0] for line in row["原因与依据"].splitlines()] == ["【B04-1", "【B04-2", "【B05"]
    assert [line.partition(",")[0] for line in row["英文说明"].splitlines()[:3]] == ["[B04-1", "[B04-2", "[B05"]
    assert row["标记编号"] == "B04:F1|B04:F2|B05:F3"


def test_a_list_has_frozen_headings_filters_and_a_drop_down_of_findings(tmp_path: Path) -> None:
    sheet = written(tmp_path / "w.xlsx", flag("F1"))["清单"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("F2", "A1:U2", "$1:$1")
    choices = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert choices == {"O2":
        '"属实 Confirmed,不属实 Not confirmed,数据有误 Data wrong,未能联系 Could not reach,转介 Referred"'}


def test_every_printed_page_names_its_recipient_and_its_date(tmp_path: Path) -> None:
    for sheet in written(tmp_path / "w.xlsx", flag("F1")):
        assert "仅供 历下区救助科 使用 · 2026-11-20 · for the recipient only" in sheet.oddHeader.center.text
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_texts_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    flags = [flag(f"F{n}", item_id=f"H{n}", address=text) for n, text in enumerate(HOSTILE)]
    sheet = written(tmp_path / "w.xlsx", *flags)["清单"]
    found = [sheet.cell(row, PLACES["住址"] + 1) for row in range(2, 2 + len(HOSTILE))]
    assert {(unescape(cell.value), cell.data_type) for cell in found} == {(text, "s") for text in HOSTILE}


def test_the_cover_counts_names_sources_assumptions_and_the_recipient(tmp_path: Path) -> None:
    flags = (flag("F1", state="new", assumptions="rigid_ratio|medical_trigger"), flag("F2", state="closed"))
    cover = written(tmp_path / "w.xlsx", *flags)["说明"]
    text = "\n".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value)
    for expected in ("1 户（人）rows：新增 new 1，原有未结 open from before 0，暂挂 held 0",
                     "新增 new 1，原有未结 open from before 0，销号 closed 1，暂挂 held 0；已反馈 answered 0",
                     "合计 Total", "市核对 City", "医疗负担预警倍数、刚性支出比例",
                     "仅供 历下区救助科 使用", "千佛山街道", "完整 complete"):
        assert expected in text
    assert "放假安排尚未公布" not in text


@pytest.mark.parametrize(("state", "words"), [("open", "本区县 0 件"), ("held", "本区县 1 件")])
def test_a_degraded_day_tells_how_many_flags_wait_for_a_source_that_is_too_old(
    tmp_path: Path, state: str, words: str
) -> None:
    cover = written(tmp_path / "w.xlsx", flag("F1", state=state), day=worklist().day | {"state": "degraded"})["说明"]
    text = "\n".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value)
    assert "沿用其上次数据" in text and words in text


def test_no_heading_on_the_cover_is_cut_off_by_the_one_beside_it(tmp_path: Path) -> None:
    cover = written(tmp_path / "w.xlsx", flag("F1"))["说明"]
    headings = [cell for row in cover.iter_rows() for cell in row if cell.value in TOWNSHIPS]
    assert [cell.alignment.wrap_text for cell in headings] == [True] * len(TOWNSHIPS)


def test_the_cover_says_what_each_certainty_and_state_means(tmp_path: Path) -> None:
    cover = written(tmp_path / "w.xlsx", flag("F1"))["说明"]
    text = "\n".join(str(cell.value) for row in cover.iter_rows() for cell in row if cell.value)
    assert [word for word in ("确定", "可能", "不能判断", "暂挂", "原有未结") if f"“{word}”" not in text] == []


def test_a_due_date_in_a_year_without_a_decreed_calendar_is_said_so(tmp_path: Path) -> None:
    day = worklist().day | {"data_date": "2090-01-04"}
    cover = written(tmp_path / "w.xlsx", flag("F1"), day=day)["说明"]
    assert any("2090 年放假安排尚未公布" in str(cell.value) for row in cover.iter_rows() for cell in row)


def test_a_held_list_says_why_and_shows_nobody(tmp_path: Path) -> None:
    book = written(tmp_path / "w.xlsx", flag("F1"), held_because="今日新增 99 件")
    assert book.sheetnames == ["说明"]
    text = "\n".join(str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value)
    assert "今日新增 99 件" in text and "暂缓下发，待放行" in text
    assert "0 户" not in text and "按街镇" not in text


def test_an_answered_flag_moves_to_the_second_list(tmp_path: Path) -> None:
    answered = flag("F1", finding="unreachable", visited_on=worklist().data_date)
    book = written(tmp_path / "w.xlsx", answered)
    assert book["清单"].max_row == 1
    assert [cell.value for cell in book["已反馈"][2]] == [
        "B04", "王**", "未能联系 Could not reach", "2026-11-20", "2026-11-27", "assistance_roster:J1"]


def test_a_heading_of_three_lines_is_not_cut(tmp_path: Path) -> None:
    book = written(tmp_path / "w.xlsx", flag("F1"))
    assert min(book[name].row_dimensions[1].height for name in ("已反馈", "销号")) >= 3 * 14.5


def test_writing_a_workbook_leaves_the_options_of_the_next_as_they_were(tmp_path: Path) -> None:
    before = workbook.options()
    written(tmp_path / "a.xlsx", flag("F1"))
    assert workbook.options() == before


def test_the_same_list_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.xlsx", flag("F1"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_locked_workbook_opens_with_its_password_only_and_repeats_its_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.xlsx", flag("F1"))
        lock_workbook(tmp_path / f"{name}.xlsx", "江北-7", tmp_path / "vault")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with (tmp_path / "a.xlsx").open("rb") as file:
        locked = msoffcrypto.OfficeFile(file)
        assert locked.is_encrypted()
        locked.load_key(password="江北-7", verify_password=True)
        with (tmp_path / "plain.xlsx").open("wb") as plain:
            locked.decrypt(plain)
        with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
            locked.load_key(password="other", verify_password=True)
    assert openpyxl.load_workbook(tmp_path / "plain.xlsx").sheetnames == ["说明", "清单", "已反馈", "销号"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed (apt install libreoffice-calc)")
def test_ten_thousand_filled_rows_pass_through_libreoffice_without_a_changed_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_cells", _filled)
    flags = [flag(f"F{n:016x}", item_id=f"H{n:05}", address=HOSTILE[n % len(HOSTILE)], name="𫖯·阿卜杜")
             for n in range(10_000)]
    write_workbook(tmp_path / "w.xlsx", worklist(*flags))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", str(tmp_path / "back"), str(tmp_path / "w.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    before, after = (_texts(path) for path in (tmp_path / "w.xlsx", tmp_path / "back" / "w.xlsx"))
    assert len(before) == 10_001
    assert before == after


def _filled(number: int, item: Item, owner: Worklist) -> list[str]:
    """A row as it comes back: dates as text, remarks that look like formulas."""
    row = list(CELLS(number, item, owner))
    for name, value in (("核查结果", "属实"), ("核查日期", "2026-11-20"), ("备注", HOSTILE[number % len(HOSTILE)])):
        row[PLACES[name]] = value
    return row


def _texts(path: Path) -> list[list[tuple[str, Any]]]:
    """Type and value of every cell that is not empty, row by row."""
    sheet = openpyxl.load_workbook(path, read_only=True)["清单"]
    return [[(cell.data_type, unescape(str(cell.value))) for cell in row if cell.value] for row in sheet.iter_rows()]


def test_a_household_number_that_is_an_id_is_masked_on_every_sheet_and_one_of_its_own_is_not(tmp_path: Path) -> None:
    answered = {"finding": "not_confirmed", "visited_on": date(2026, 11, 19)}
    for key, shown in (("assistance_roster:370102196001022324", "assistance_roster:3701**********2324"),
                       ("assistance_roster:J1", "assistance_roster:J1")):
        flags = [flag("F1", forming_key=key), flag("F2", forming_key=key, item_id="H2", **answered),
                 flag("F3", forming_key=key, state="closed")]
        book = written(tmp_path / "w.xlsx", *flags)
        for name, column in (("清单", PLACES["家庭编号"]), ("已反馈", 5), ("销号", 4)):
            assert [row[column] for row in book[name].iter_rows(min_row=2, values_only=True)] == [shown]
