"""Filled worklists that come back: what each row says, and the workbook that tells what could not be taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape

from lowincome.deliver.columns import COVER_SHEET, LIST_SHEET, PLACES, watermark
from lowincome.deliver.unlock import NotAList, unlock
from lowincome.deliver.workbook import CELL, HEAD, options
from lowincome.findings import findings

Cells = Sequence[Sequence[Any]]
DATE_LABEL = "数据日期"
REASONS = {
    "no_finding": "缺核查结果 The finding is missing",
    "unknown_finding": "核查结果不在下拉列表中 The finding is not one of the list",
    "no_date": "核查日期缺失或不是日期（年-月-日） The date is missing or not a date",
    "future_date": "核查日期晚于今日 The date lies in the future",
    "foreign_rule": "“仅限规则”中有本行没有的规则 A rule that is not of this row",
    "no_reference": "标记编号被改动或删除 The flag numbers were changed or deleted",
    "not_a_list": "文件不是下发的工作清单 The file is not a worklist as it was given out",
    "not_given_out": "封面上的日期还没有下发过清单 No list of the cover's date was given out",
    "locked": "文件已加密，密码不符 The file is locked, and its password is not known",
    "too_large": "文件解压后过大，未打开 The file unpacks to too much and was not opened",
    "unknown": "系统中没有该标记 No such flag",
    "closed": "该标记已销号，无需反馈 The flag is closed already",
    "passed_on": "该标记已并入同一对象的另一标记，反馈已转记 The flag became another one, which has the answer now",
    "elsewhere": "系统中没有该标记，或不在您的辖区 No such flag, or it is not in your district",
    "stale": "之后的清单已有更新的反馈 A later list was answered already",
}
RETURNED = (("行号\nRow", 8), ("规则\nRules", 12), ("核查结果\nFinding", 14), ("核查日期\nVisited on", 14),
            ("备注\nRemark", 30), ("退回原因\nWhy it came back", 60))


@dataclass(frozen=True)
class FilledRow:
    """One row that a caseworker wrote into; `problem` is a key of REASONS, and then nothing else of it counts.

    `flags` are the flags that the finding is about, each with its rule.
    """

    number: int
    written: tuple[str, str, str, str]
    problem: str | None = None
    flags: tuple[tuple[str, str], ...] = ()
    finding: str = ""
    visited_on: date = date.min

    @property
    def remark(self) -> str:
        """The remark, character for character."""
        return self.written[3]


@dataclass(frozen=True)
class FilledList:
    """A list that came back: its data date, to whom its cover says it was given (if it still does), and its answers."""

    list_date: date
    recipient: str | None
    rows: tuple[FilledRow, ...]


def read_filled(path: Path, passwords: Iterable[str], today: date) -> FilledList:
    """The list that was answered, with every row that holds an answer; NotAList when it cannot be read as one."""
    cover, filled = _cells(path, passwords)
    try:
        rows = tuple(_row(number, cells, today) for number, cells in filled)
        return FilledList(_list_date(cover), _recipient(cover), rows)
    except ValueError as error:
        raise NotAList("not_a_list", type(error).__name__) from None


def write_returned(path: Path, rows: Sequence[tuple[FilledRow, str]]) -> None:
    """Write the rows that something is told of, each with the words about it; texts only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), options())
    sheet, head, cell = book.add_worksheet("退回"), book.add_format(HEAD), book.add_format(CELL)
    for column, (heading, width) in enumerate(RETURNED):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    for place, (row, words) in enumerate(rows, 1):
        for column, value in enumerate((str(row.number), *row.written, words)):
            sheet.write_string(place, column, value, cell)
    sheet.freeze_panes(1, 0)
    book.close()


def return_whole(path: Path, reason: str) -> int:
    """Tell why a file could not be read at all (a key of REASONS); one rejected row."""
    write_returned(path, [(FilledRow(0, ("", "", "", "")), REASONS[reason])])
    return 1


def told(row: FilledRow, said: Sequence[tuple[str, str]]) -> str:
    """What is told of a row that was not simply taken; nothing of one that was.

    `said` are rules and what the register said of a flag of theirs; what needs words is a key of REASONS.
    """
    if row.problem:
        return REASONS[row.problem]
    taken = "、".join(dict.fromkeys(rule for rule, verdict in said if verdict not in REASONS))
    words = list(dict.fromkeys(f"{rule}：{REASONS[verdict]}" for rule, verdict in said if verdict in REASONS))
    return "；".join([f"{taken}：已记录 Recorded", *words] if taken and words else words)


def _cells(path: Path, passwords: Iterable[str]) -> tuple[Cells, list[tuple[int, Sequence[Any]]]]:
    """The cover's cells, and the list's rows that hold an answer with their numbers.

    Over whatever the readers of encryption, ZIP and XML stumble in a file from outside, it is no worklist.
    """
    try:
        book = openpyxl.load_workbook(unlock(path, passwords), read_only=True)
        cover = list(book[COVER_SHEET].iter_rows(max_col=2, values_only=True))
        cells = book[LIST_SHEET].iter_rows(min_row=2, max_col=len(PLACES), values_only=True)
        return cover, [(number, row) for number, row in enumerate(cells, 2) if _is_filled(row)]
    except NotAList:
        raise
    except Exception as error:
        raise NotAList("not_a_list", type(error).__name__) from None


def _list_date(cover: Cells) -> date:
    for label, value, *_ in cover:
        if str(label).startswith(DATE_LABEL):
            return date.fromisoformat(str(value))
    raise ValueError("the cover names no data date")


def _recipient(cover: Cells) -> str | None:
    marks = (re.match(watermark("(.+)"), _text(label)) for label, *_ in cover)
    return next((found[1] for found in marks if found), None)


def _is_filled(cells: Sequence[Any]) -> bool:
    return any(_text(cells[PLACES[name]]) for name in ("核查结果", "核查日期", "备注"))


def _row(number: int, cells: Sequence[Any], today: date) -> FilledRow:
    finding_text, visited_text, remark = (_text(cells[PLACES[name]]) for name in ("核查结果", "核查日期", "备注"))
    only = _text(cells[PLACES["仅限规则"]])
    written = (only or _text(cells[PLACES["规则"]]), finding_text, visited_text, remark)
    finding = next((known.id for known in findings().values() if known.zh == finding_text.strip()), None)
    visited_on, flags = _date(visited_text), _flags(_text(cells[PLACES["标记编号"]]))
    wanted = set(re.findall(r"[ABQ]\d\d", only.upper())) or set(flags.values())
    problem = _problem(finding_text, finding, visited_on, today)
    if problem is None and (not flags or not wanted <= set(flags.values()) or (only and not re.search(r"\d", only))):
        problem = "foreign_rule" if flags else "no_reference"
    if problem or finding is None or visited_on is None:
        return FilledRow(number, written, problem)
    chosen = tuple((flag, rule) for flag, rule in flags.items() if rule in wanted)
    return FilledRow(number, written, None, chosen, finding, visited_on)


def _problem(text: str, finding: str | None, visited_on: date | None, today: date) -> str | None:
    if not text.strip():
        return "no_finding"
    if finding is None:
        return "unknown_finding"
    if visited_on is None:
        return "no_date"
    return "future_date" if visited_on > today else None


def _flags(text: str) -> dict[str, str]:
    """Flag id → rule of the hidden column; empty when it is not whole."""
    pairs = [part.split(":") for part in text.split("|")]
    return {pair[1]: pair[0] for pair in pairs} if all(len(pair) == 2 for pair in pairs) else {}


def _date(text: str) -> date | None:
    found = re.fullmatch(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?\s*", text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else unescape(str(value))  # Office writes a carriage return as _x000D_
