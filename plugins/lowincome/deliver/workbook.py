"""One worklist workbook a district, for caseworkers, Chinese first; text cells only, nothing is a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from lowincome import closings
from lowincome.deliver import wording
from lowincome.deliver.columns import (
    ANSWERED_SHEET,
    CLOSED_SHEET,
    COLUMNS,
    CONFIDENTIAL,
    LIST_SHEET,
    PAGE_OF,
    PLACES,
    stamp,
)
from lowincome.deliver.cover import write_cover
from lowincome.deliver.cover_sheet import A3, row_height
from lowincome.deliver.items import Flag, Item
from lowincome.deliver.worklist import Worklist
from lowincome.findings import findings
from lowincome.mask import mask_address, mask_id, mask_key, mask_name, mask_phone

STATES = {"new": "● 新增\nnew", "open": "○ 未结\nopen", "held": "‖ 暂挂\nheld"}
INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
FONT = {"font_name": "Microsoft YaHei", "font_size": 10}
CELL = {"num_format": "@", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#808080"}
HEAD = {"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
ANSWERED = (
    ("规则\nRule", 8), ("户主或对象\nHousehold or person", 16), ("核查结果\nFinding", 18), ("核查日期\nVisited on", 14),
    ("暂缓至\nSnoozed until", 14), ("家庭编号\nHousehold number", 30),
)
CLOSED = (
    ("规则\nRule", 8), ("户主或对象\nHousehold or person", 16), ("首次发现\nFirst seen", 14),
    ("销号原因\nWhy it closed", 60), ("家庭编号\nHousehold number", 30),
)


def options() -> dict[str, Any]:
    """Options of a new workbook, the font's copied each time: the library writes into what it is given."""
    return INERT | {"default_format_properties": dict(FONT)}


def write_workbook(path: Path, worklist: Worklist) -> int:
    """Write the list; its number of rows. The same input gives the same bytes."""
    book = xlsxwriter.Workbook(str(path), options())
    created = datetime.combine(worklist.data_date, time())
    book.set_properties({"title": f"{worklist.district} 工作清单 Worklist", "created": created})
    write_cover(book, worklist)
    if not worklist.held_because:
        _list(book, worklist)
        _more(book, worklist, ANSWERED_SHEET, ANSWERED, map(_answered_cells, worklist.answered))
        _more(book, worklist, CLOSED_SHEET, CLOSED, map(_closed_cells, worklist.closed))
    book.close()
    return len(worklist.items)


def print_setup(sheet: Any, recipient: str, about: str, day: date, paper: int = A3) -> None:
    """Every printed page says for whom, what about and of which day it is."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f'&C&"Microsoft YaHei,Bold"&16&K999999{stamp(recipient, day)}')
    sheet.set_footer(f"&L{about} {day}&C{CONFIDENTIAL}&R{PAGE_OF}")


def _list(book: Any, worklist: Worklist) -> None:
    sheet = book.add_worksheet(LIST_SHEET)
    _headings(book, sheet)
    looks = {name: book.add_format(CELL | extra) for name, extra in _LOOKS.items()}
    for number, item in enumerate(worklist.items, 1):
        values = _cells(number, item, worklist)
        shown = zip(values, COLUMNS, strict=True)
        sheet.set_row(number, row_height((value, column.width) for value, column in shown if not column.is_hidden))
        for column, (value, look) in enumerate(zip(values, _looks(item, worklist), strict=True)):
            sheet.write_string(number, column, value, looks[look])
    last = max(len(worklist.items), 1)
    _answer_columns(sheet, last)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(1, PLACES["身份证号"])
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, last, PLACES["备注"])
    print_setup(sheet, worklist.recipient, worklist.district, worklist.data_date)


_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {}, "new": {"bold": True}, "answer": {"bg_color": "#F2F2F2"}, "overdue": {"bold": True, "italic": True}
}


def _looks(item: Item, worklist: Worklist) -> Sequence[str]:
    """Of each cell of a row. Colour and weight repeat what the words say, they never say it alone."""
    looks = ["answer" if column.is_answer else "plain" for column in COLUMNS]
    if item.due < worklist.data_date:
        looks[PLACES["办理期限"]] = "overdue"
    if item.state == "new":
        looks[PLACES["状态"]] = "new"
    return looks


def _headings(book: Any, sheet: Any) -> None:
    head = book.add_format(HEAD)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, None, {"hidden": column.is_hidden, "level": int(column.is_hidden)})
        sheet.write_string(0, place, column.heading, head)
    sheet.set_row(0, 46)


def _answer_columns(sheet: Any, last: int) -> None:
    labels = [finding.label for finding in findings().values()]
    sheet.data_validation(1, PLACES["核查结果"], last, PLACES["核查结果"], {
        "validate": "list", "source": labels, "error_title": "核查结果 Finding",
        "error_message": "请从下拉列表中选择 Choose from the list"})
    sheet.data_validation(1, PLACES["核查日期"], last, PLACES["核查日期"], {
        "validate": "any", "input_title": "核查日期 Visited on",
        "input_message": "年-月-日 year-month-day: 2026-11-22"})
    sheet.data_validation(1, PLACES["仅限规则"], last, PLACES["仅限规则"], {
        "validate": "any", "input_title": "仅限规则 Only these rules",
        "input_message": "空白为该行全部规则；否则填规则号，如 B04、B05；同一规则有几件的填 A05-1。"
                         "其余的复制整行再填。\n"
                         "Empty: all rules of the row; else B04, B05, or A05-1 of several. Copy the row for the rest."})


def _cells(number: int, item: Item, worklist: Worklist) -> Sequence[str]:
    flag, overdue = item.flags[0], "\n已逾期 overdue" if item.due < worklist.data_date else ""
    return (
        str(number),
        STATES[item.state],
        item.township,
        "\n".join(dict.fromkeys(flag["rule_id"] for flag in item.flags)),
        mask_name(flag["name"]),
        mask_id(flag["id_no"]),
        mask_phone(flag["phone"]),
        mask_address(flag["address"]),
        wording.why(item, worklist.rules),
        wording.certainty(item),
        wording.changes(item),
        wording.advice(item, worklist.rules),
        item.first_seen.isoformat(),
        item.due.isoformat() + overdue,
        "", "", "", "",
        mask_key(flag["forming_key"]),
        wording.why_en(item, worklist.rules),
        "|".join(f"{flag['rule_id']}:{flag['flag_id']}" for flag in item.flags),
    )


def _more(
    book: Any, worklist: Worklist, name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]
) -> None:
    """Nothing disappears: what is answered stays readable while its flag is open, what closed for a day."""
    sheet = book.add_worksheet(name)
    head, cell = book.add_format(HEAD), book.add_format(CELL)
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    _write_rows(sheet, rows, cell)
    sheet.set_row(0, row_height(columns))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    print_setup(sheet, worklist.recipient, worklist.district, worklist.data_date)


def _answered_cells(flag: Flag) -> Sequence[str]:
    finding = findings()[flag["finding"]]
    until = finding.until(flag["visited_on"])
    return (
        flag["rule_id"],
        mask_name(flag["subject_name"] or flag["name"]),
        finding.label,
        flag["visited_on"].isoformat(),
        until.isoformat() if until else "",
        mask_key(flag["forming_key"]),
    )


def _closed_cells(flag: Flag) -> Sequence[str]:
    why = closings.sentence(flag["close_reason"])
    return (
        flag["rule_id"],
        mask_name(flag["subject_name"] or flag["name"]),
        flag["first_seen"].isoformat(),
        f"{why['zh']} {why['en']}",
        mask_key(flag["forming_key"]),
    )


def _write_rows(sheet: Any, rows: Iterable[Sequence[str]], cell: Any) -> None:
    for number, values in enumerate(rows, 1):
        for column, value in enumerate(values):
            sheet.write_string(number, column, value, cell)
