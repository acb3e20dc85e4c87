"""The workbook of an error return: cover with scorecard, what is open, what was closed; text cells only, no value.

It holds record keys, columns and dates, never what stands in a cell: the owner finds that under the key. A key that
looks like an ID or a mobile number is masked; the line then leads to the record.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from lowincome import causes
from lowincome.deliver.columns import stamp
from lowincome.deliver.cover import SOURCE_STATES
from lowincome.deliver.cover_sheet import A4, CoverSheet, row_height
from lowincome.deliver.error_return import ErrorReturn
from lowincome.deliver.workbook import CELL, HEAD, options, print_setup
from lowincome.mask import mask_key

OPEN_SHEET, CLOSED_SHEET, COVER_SHEET = "待更正", "近四周已关闭", "说明"
KINDS = {"delivery": "整批交付\nWhole delivery", "rejected": "未采用\nNot used",
         "doubtful": "已采用，存疑\nUsed, doubtful", "disputed": "入户核查有异议\nDisputed by a visit"}
STATES = {"open": "待更正\nOpen", "corrected": "已更正\nCorrected", "withdrawn": "已撤回\nWithdrawn"}
COLUMNS = (
    ("序号\nNo.", 6), ("处理情况\nKind", 15), ("记录编号\nRecord", 30), ("行号\nLine", 8), ("栏目\nColumn", 24),
    ("发现的问题\nWhat was found", 34), ("应有的内容\nWhat was expected", 34), ("如何更正\nHow to correct it", 34),
    ("首次发现\nFirst seen", 12), ("最近出现\nLast seen", 12), ("出现天数\nDays seen", 9), ("状态\nState", 14),
)
NOTES = (
    ("“未采用”的记录没有进入监测，请优先更正；“已采用，存疑”的记录按其余内容使用，存疑的一栏按“不详”处理。",
     "Records not used come first. Doubtful ones are used but for the cell named, which counts as unknown."),
    ("更正后在下次交付中重新报送即可，无需回复本表：同一记录不再出现该问题时自动关闭；未报送、被拒收不会关闭任何一项。",
     "Correct it in the next delivery; nothing needs to be sent back. An entry closes when the record comes without "
     "the fault; a day without a delivery closes nothing."),
    ("文件类来源没有固定的记录编号，以文件名和行号指明位置；行序变动时按同类问题的件数逐日核对。",
     "Records of files are named by file and line; where lines moved, faults of a kind are counted."),
    ("本表不含任何姓名、证件号码、电话、住址等内容，请按记录编号在贵方系统中查看原值。",
     "No value of any record stands here; please look it up under its key."),
)
WEEKS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("应收日数 / 迟到或未采用 days / late or refused", lambda week: f"{week['days']} / {week['late_days']}"),
    ("收到人员记录 person records in", lambda week: str(week["rows_in"])),
    ("其中隔离 quarantined of these", lambda week: f"{week['quarantined']}（{_share(week, 'quarantined')}）"),
    ("其中整批拒收 refused whole", lambda week: f"{week['refused']}（{_share(week, 'refused')}）"),
    ("新发现问题 faults found", lambda week: str(week["opened"])),
    ("已更正 corrected", lambda week: str(week["corrected"])),
    ("更正用时（天，中位数） median days to correct", lambda week: _days(week["days_to_correct"])),
    ("周末待更正 open at the end", lambda week: str(week["open_faults"])),
    ("其中未采用 not used of these", lambda week: str(week["open_rejected"])),
)


def write_return(path: Path, one: ErrorReturn) -> int:
    """Write a source's return; the number of open faults shown. The same input gives the same bytes."""
    book = xlsxwriter.Workbook(str(path), options())
    created = datetime.combine(one.data_date, time())
    book.set_properties({"title": f"{one.told['title_zh']} 数据问题反馈 Error return", "created": created})
    _cover(book, one)
    _sheet(book, OPEN_SHEET, one, one.open)
    _sheet(book, CLOSED_SHEET, one, one.closed)
    book.close()
    return len(one.open)


def _cover(book: Any, one: ErrorReturn) -> None:
    sheet = book.add_worksheet(COVER_SHEET)
    cover, told = CoverSheet(book, sheet, columns=4), one.told
    cover.title(f"{told['title_zh']} 数据问题反馈", f"Error return: {told['title']}")
    cover.mark(stamp(one.recipient, one.data_date))
    cover.section("概况", "Overview")
    cover.pair("数据日期 Data date", one.data_date.isoformat())
    cover.pair("当日交付 Delivery of the day", SOURCE_STATES[told["state"]])
    cover.pair("采用的数据截至 Data in use as of", told["as_of"] or "无 none")
    for label, value in _counts(one):
        cover.pair(label, value)
    cover.section("近四周情况", "The last four weeks")
    weeks = [f"{week['first_day']:%m-%d} – {week['last_day']:%m-%d}" for week in one.weeks]
    cover.table(("每周 Week", *weeks), [(label, *map(cell, one.weeks)) for label, cell in WEEKS])
    cover.section("使用说明", "How to use it")
    for chinese, english in NOTES:
        cover.note(chinese, english)
    print_setup(sheet, one.recipient, told["title_zh"], one.data_date, paper=A4)
    sheet.fit_to_pages(1, 1)


def _counts(one: ErrorReturn) -> Iterable[tuple[str, str]]:
    now = one.weeks[0]
    faults = f"{now['open_faults']} 项 items，其中未采用 not used {now['open_rejected']}"
    shown = sum(row["fault_kind"] != "delivery" for row in one.open)
    yield "待更正的记录 Records to correct", faults
    if shown < now["open_faults"]:
        yield "本表列出 Listed here", f"最早的 {shown} 项，其余更正后续列 the oldest; the others follow"
    lines = len(_lines(one.open, one))
    if lines < len(one.open):
        yield "合为 As lines", f"{lines} 行，同一记录的相同问题合为一行 lines: what is said twice stands once"
    for count, words in _of_the_whole(one):
        yield "整批提示 Of the delivery", f"{_both(words, 'found')}\n{_both(words, 'correct')}\n× {count}"


def _of_the_whole(one: ErrorReturn) -> Iterable[tuple[int, dict[str, str]]]:
    """What was odd about the day's delivery and is no single record's, with its words."""
    for finding in one.told["findings"] or []:
        words = one.words.get(("delivery", finding["code"]))
        if words:
            yield finding["count"], words


def _sheet(book: Any, name: str, one: ErrorReturn, rows: Sequence[dict[str, Any]]) -> None:
    sheet = book.add_worksheet(name)
    head, cell = book.add_format(HEAD), book.add_format(CELL)
    for column, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    sheet.set_row(0, 32)
    told = _lines(rows, one)
    for number, cells in enumerate(told, 1):
        values = (str(number), *cells)
        sheet.set_row(number, row_height(zip(values, (width for _, width in COLUMNS), strict=True)))
        for column, value in enumerate(values):
            sheet.write_string(number, column, value, cell)
    sheet.autofilter(0, 0, max(len(told), 1), len(COLUMNS) - 1)
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)
    print_setup(sheet, one.recipient, one.told["title_zh"], one.data_date)


def _lines(rows: Sequence[dict[str, Any]], one: ErrorReturn) -> list[tuple[str, ...]]:
    """What is told of the faults; two tables may say the same of one record, which then stands once."""
    return list(dict.fromkeys(_cells(row, one) for row in rows))


def _cells(row: dict[str, Any], one: ErrorReturn) -> tuple[str, ...]:
    words = one.words.get((row["table_name"], row["fault"]), {})
    key = row["record_key"].removeprefix(f"{one.source}:")
    return (
        KINDS[row["fault_kind"]], "—" if row["fault_kind"] == "delivery" else mask_key(key),
        str(row["line"] or ""), words.get("column", ""), _found(row, words, one), _both(words, "expected"),
        _both(words, "correct"), row["first_seen"].isoformat(), row["last_seen"].isoformat(),
        str(row["occurrences"]), _state(row),
    )


def _found(row: dict[str, Any], words: dict[str, str], one: ErrorReturn) -> str:
    """What was found; of a delivery refused today also why, in words and as it is recorded."""
    found = _both(words, "found") or row["fault"]
    is_now = row["fault"] == "delivery_refused" and row["last_seen"] == one.data_date
    reason = one.told["reason"] if is_now else None
    because = [*causes.sentence(reason).values(), reason]
    return "\n".join([found, *filter(None, because)])


def _state(row: dict[str, Any]) -> str:
    state = STATES[row["status"]]
    if row["status"] != "open":
        return f"{state}\n{row['closed_on']}"
    return f"{state}\n再次出现 again" if row["openings"] > 1 else state


def _both(words: dict[str, str], part: str) -> str:
    return "\n".join(filter(None, (words.get(f"{part}_zh"), words.get(f"{part}_en"))))


def _share(week: dict[str, Any], part: str) -> str:
    return f"{week[part] / week['rows_in']:.2%}" if week["rows_in"] else "—"


def _days(value: float | None) -> str:
    return "—" if value is None else f"{value:g}"
