"""Filled worklists that come back: what each row says, and the workbook that tells what could not be taken."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl.utils.escape import unescape

from lowincome.deliver.columns import COVER_SHEET, LIST_SHEET, PLACES, labels, watermark
from lowincome.deliver.cover_sheet import A4, row_height
from lowincome.deliver.unlock import NotAList, unlock
from lowincome.deliver.workbook import CELL, HEAD, options
from lowincome.findings import findings, misdated
from lowincome.mask import mask_asked
from lowincome.messages import pairs
from lowincome.workbooks import open_workbook

Cells = Sequence[Sequence[Any]]
Said = Mapping[str, str]
"""Words by language, zh and en."""
DATE_LABEL = "数据日期"
LABEL = r"[ABQ]\d\d(?:-\d+)?"
WHOLE_FILE = "整个文件\nwhole file"
RETURNED = (("工作簿行号\nRow", 12), ("规则\nRules", 12), ("核查结果\nFinding", 14), ("核查日期\nVisited on", 14),
            ("备注\nRemark", 30), ("退回原因\nWhy it came back", 60))


@dataclass(frozen=True)
class FilledRow:
    """One row that a caseworker wrote into; `problem` is a key of reasons(), and then nothing else of it counts.

    `number` is the workbook's own, 0 where a whole file is told of.
    `flags` are the flags that the finding is about, each as its row calls it: by the rule, or A05-1.
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


def imported(home: Path, sha256: str) -> Path:
    """Where a list that was read is kept, from the folder or the page."""
    return home / "answers" / "imported" / f"{sha256[:16]}.xlsx"


def returned(home: Path, name: str) -> Path:
    """Where the workbook lies that tells what could not be taken of an upload; `name` is a digest of it."""
    return home / "answers" / "returned" / f"{name[:16]}.xlsx"


def returned_to_folder(home: Path, stem: str, sha256: str) -> Path:
    """The same of a file of the folder, under a name by which whoever gave it finds it.

    Of their own name for it stays what begins our lists, the district's code and the date; a person may be in the rest.
    """
    known = re.sub(r"[^0-9A-Za-z]+", "-", mask_asked(stem)).strip("-")[:40]
    return home / "answers" / "returned" / ("_".join(filter(None, ("退回", known, sha256[:8]))) + ".xlsx")


@cache
def reasons() -> Mapping[str, Said]:
    """Why something could not be taken, in words of both languages (include/messages/answers.yaml)."""
    return {name: {"zh": chinese, "en": english} for name, (chinese, english) in pairs("answers").items()}


def write_returned(path: Path, rows: Sequence[tuple[FilledRow, Said]]) -> None:
    """Write the rows that something is told of, each with the words about it; texts only, a page wide on paper."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), options())
    sheet, head, cell = book.add_worksheet("退回"), book.add_format(HEAD), book.add_format(CELL)
    for column, (_, width) in enumerate(RETURNED):
        sheet.set_column(column, column, width)
    _write_row(sheet, 0, [heading for heading, _ in RETURNED], head)
    for place, (row, said) in enumerate(rows, 1):
        number = str(row.number) if row.number else WHOLE_FILE
        _write_row(sheet, place, (number, *row.written, "\n".join(said.values())), cell)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()


def _write_row(sheet: Any, place: int, values: Sequence[str], look: Any) -> None:
    sheet.set_row(place, row_height(zip(values, (width for _, width in RETURNED), strict=True)))
    for column, value in enumerate(values):
        sheet.write_string(place, column, value, look)


def return_whole(path: Path, reason: str) -> int:
    """Tell why a file could not be read at all (a key of reasons()); one rejected row."""
    write_returned(path, [(FilledRow(0, ("", "", "", "")), reasons()[reason])])
    return 1


def told(row: FilledRow, said: Sequence[tuple[str, str]]) -> Said | None:
    """What is told of a row that was not simply taken; None of one that was.

    `said` are rules and what the register said of a flag of theirs; what needs words is a key of reasons().
    """
    if row.problem:
        return reasons()[row.problem]
    taken = list(dict.fromkeys(rule for rule, verdict in said if verdict not in reasons()))
    refused = list(dict.fromkeys((rule, verdict) for rule, verdict in said if verdict in reasons()))
    return {"zh": _said(taken, refused, "zh"), "en": _said(taken, refused, "en")} if refused else None


def _said(taken: Sequence[str], refused: Sequence[tuple[str, str]], language: str) -> str:
    comma, colon, stop, done = {"zh": ("、", "：", "；", "已记录"), "en": (", ", ": ", "; ", "Recorded")}[language]
    recorded = [f"{comma.join(taken)}{colon}{done}"] if taken else []
    return stop.join([*recorded, *(f"{rule}{colon}{reasons()[verdict][language]}" for rule, verdict in refused)])


def _cells(path: Path, passwords: Iterable[str]) -> tuple[Cells, list[tuple[int, Sequence[Any]]]]:
    """The cover's cells, and the list's rows that hold an answer with their numbers.

    Over whatever the readers of encryption, ZIP and XML stumble in a file from outside, it is no worklist.
    """
    try:
        book = open_workbook(unlock(path, passwords))
        cover = list(book[COVER_SHEET].iter_rows(max_col=2, values_only=True))
        cells = book[LIST_SHEET].iter_rows(max_col=len(PLACES), values_only=True)
        _check_headings(next(cells, ()))
        return cover, [(number, row) for number, row in enumerate(cells, 2) if _is_filled(row)]
    except NotAList:
        raise
    except Exception as error:
        raise NotAList("not_a_list", type(error).__name__) from None


def _check_headings(cells: Sequence[Any]) -> None:
    """Answers are read by their place: where a column stands elsewhere, each would be read as another."""
    found = [_text(cell).partition("\n")[0].strip() for cell in cells]
    if found != list(PLACES):
        raise NotAList("moved_columns", f"{len(PLACES)} headings that are not ours in order")


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
    finding = next((known.id for known in findings().values() if finding_text.strip() in known.written_as), None)
    visited_on, flags = _date(visited_text), _flags(_text(cells[PLACES["标记编号"]]))
    chosen, problem = _chosen(only, flags), _problem(finding_text, finding, visited_on, today)
    if problem is None and not chosen:
        problem = "foreign_rule" if flags else "no_reference"
    if problem or finding is None or visited_on is None:
        return FilledRow(number, written, problem)
    return FilledRow(number, written, None, chosen, finding, visited_on)


def _chosen(only: str, flags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The flags that a finding is about, each as its row calls it; none where it is limited to what cannot be read."""
    text = re.sub("[‐-―−]", "-", unicodedata.normalize("NFKC", only).upper())
    wanted, rest = set(re.findall(LABEL, text)), re.sub(LABEL, "", text)
    named = dict(zip(flags, labels(list(flags.values())), strict=True))
    is_read = wanted <= {*named.values(), *flags.values()} and not re.search(r"\d", rest)
    if not is_read or (text.strip() and not wanted):
        return ()
    return tuple((flag, name) for flag, name in named.items() if not wanted or {name, flags[flag]} & wanted)


def _problem(text: str, finding: str | None, visited_on: date | None, today: date) -> str | None:
    if not text.strip():
        return "no_finding"
    if finding is None:
        return "unknown_finding"
    return misdated(visited_on, today=today) if visited_on else "no_date"


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
