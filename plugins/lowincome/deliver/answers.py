"""Filled worklists that come back: what each row says, and the workbook that tells what could not be taken."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from lowincome.deliver.columns import COVER_SHEET, LIST_SHEET, PLACES, watermark
from lowincome.deliver.workbook import CELL, HEAD, options
from lowincome.errors import ContractBroken
from lowincome.findings import findings

DATE_LABEL = "数据日期"
REASONS = {
    "no_finding": "缺核查结果 The finding is missing",
    "unknown_finding": "核查结果不在下拉列表中 The finding is not one of the list",
    "no_date": "核查日期缺失或不是日期（年-月-日） The date is missing or not a date",
    "future_date": "核查日期晚于今日 The date lies in the future",
    "foreign_rule": "“仅限规则”中有本行没有的规则 A rule that is not of this row",
    "no_reference": "标记编号被改动或删除 The flag numbers were changed or deleted",
    "not_a_list": "文件不是下发的工作清单，或密码不符 The file is not a worklist, or its password is not known",
    "unknown": "系统中没有该标记 No such flag",
    "closed": "该标记已销号，无需反馈 The flag is closed already",
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
    """The list that was answered, with every row that holds an answer; ContractBroken when it is no worklist."""
    try:
        book = openpyxl.load_workbook(_unlocked(path, passwords), read_only=True)
        cover = list(book[COVER_SHEET].iter_rows(max_col=2, values_only=True))
        cells = book[LIST_SHEET].iter_rows(min_row=2, max_col=len(PLACES), values_only=True)
        rows = tuple(_row(number, row, today) for number, row in enumerate(cells, 2) if _is_filled(row))
        return FilledList(_list_date(cover), _recipient(cover), rows)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise ContractBroken(
            what="the file is not a filled worklist", where="answers", expected="the workbook as it was given out",
            found=type(error).__name__, next_step="fill in the worklist itself and drop it again",
        ) from None


def write_returned(path: Path, rows: Sequence[tuple[FilledRow, str]]) -> None:
    """Write the rows of which something was not taken, each with the words about it; texts only."""
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


def return_whole(path: Path) -> int:
    """Tell that a file could not be read at all; one rejected row."""
    write_returned(path, [(FilledRow(0, ("", "", "", "")), REASONS["not_a_list"])])
    return 1


def told(row: FilledRow, missed: dict[str, str]) -> str:
    """Why a row, or some rules of it, were not taken; nothing where all of it was. `missed`: rule → key of REASONS."""
    if row.problem:
        return REASONS[row.problem]
    taken = "、".join(rule for _, rule in row.flags if rule not in missed)
    words = [f"{rule}：{REASONS[reason]}" for rule, reason in missed.items()]
    return "；".join([f"{taken}：已记录 Recorded", *words] if taken and words else words)


def _unlocked(path: Path, passwords: Iterable[str]) -> Any:
    """The plain workbook; one that is locked opens with one of the recipients' passwords."""
    import msoffcrypto

    if zipfile.is_zipfile(path):
        return path
    for password in passwords:
        with path.open("rb") as file:
            locked, plain = msoffcrypto.OfficeFile(file), BytesIO()
            try:
                locked.load_key(password=password, verify_password=True)
            except msoffcrypto.exceptions.InvalidKeyError:
                continue
            locked.decrypt(plain)
            return plain
    raise ValueError("neither a workbook nor locked with a known password")


def _list_date(cover: Sequence[Sequence[Any]]) -> date:
    for label, value, *_ in cover:
        if str(label).startswith(DATE_LABEL):
            return date.fromisoformat(str(value))
    raise ValueError("the cover names no data date")


def _recipient(cover: Sequence[Sequence[Any]]) -> str | None:
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
    return "" if value is None else str(value)
