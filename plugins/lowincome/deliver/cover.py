"""The first sheet of a worklist: what it is, how complete its sources are, and how to use it; Chinese, then English."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lowincome.deliver.columns import CONFIDENTIAL, COVER_SHEET, PAGE_OF, stamp
from lowincome.deliver.cover_sheet import A4, CoverSheet
from lowincome.deliver.items import Item
from lowincome.deliver.worklist import Worklist
from lowincome.working_days import is_decreed

COUNTED = {"new": "新增 new", "open": "原有未结 open from before", "closed": "销号 closed", "held": "暂挂 held"}
SOURCE_STATES = {"ok": "正常 ok", "missing": "未到 missing", "refused": "拒收 refused", "stale": "过期 stale"}
TOWNSHIPS = ("街镇 Township", "新增 New", "原有未结 Open from before", "暂挂 Held")
TOTAL = "合计 Total"
HELD = "暂缓下发，待放行 held until it is released"
DEGRADED = (
    "降级：部分来源当日未到或被拒收，沿用其上次数据；来源超过时限的，相关标记才暂挂，"
    "不新增也不销号（本区县 {held} 件）。 "
    "Degraded: a source did not come or was refused, and its last data are used; flags are held only where it is older "
    "than allowed (here {held}).")
NOTES = (
    ("本清单是入户核查线索，不是处理决定；任何事项不得仅凭数据比对停发或拒绝。",
     "These are leads for a visit, not decisions; nothing is stopped or refused on data alone."),
    ("在“清单”中填写核查结果、核查日期、备注；其他列请勿改动。一行有多条规则而结果不同的，在“仅限规则”写明规则号"
     "（同一规则有几件的，写 A05-1、A05-2），再把整行复制一份，填其余的结果。",
     "Fill in finding, date and remark on the list and leave the other columns as they are. Where the rules of a row "
     "differ, name them in 'Only these rules' (A05-1, A05-2 where one rule stands there several times) and copy the "
     "whole row for the others."),
    ("填好后在“工作清单”页面上传，或放入回收文件夹，下一份清单即反映；“已反馈”列出因核查结果而不再派发或暂缓的事项，"
     "“销号”列出今日销号的事项和原因。",
     "Upload the filled workbook on the worklist page, or put it into the return folder; the next list follows it. The "
     "last two sheets tell what was answered and what closed."),
    ("“确定”指按已答复的数据成立，仍须入户核实；“可能”表示部分来源未答复，按已知数据尚不能排除；“不能判断”不等于“没有”。",
     "'Certain' means that it holds by what was answered, and is to be verified all the same; 'possible' that a source "
     "has not answered; 'cannot tell' does not mean 'no'."),
    ("“暂挂”指所依据的来源已超过时限，来源恢复前既不新增也不销号；“原有未结”为今日以前发现、今日仍未销号的。",
     "'Held' means that a source is older than allowed: nothing is raised or closed until it is back; 'open from "
     "before' was found before today and is not closed."),
)


def write_cover(book: Any, worklist: Worklist) -> None:
    """Date, counts, sources, assumptions, townships and instructions on one printed page."""
    sheet = book.add_worksheet(COVER_SHEET)
    writer = CoverSheet(book, sheet)
    writer.title(f"{worklist.district} 低收入人口动态监测工作清单", "Worklist of low-income household monitoring")
    writer.mark(f"{stamp(worklist.recipient, worklist.data_date)} · {CONFIDENTIAL}")
    if worklist.held_because:
        writer.section("本清单暂缓下发，待放行", "Held until a supervisor releases it")
        writer.line(worklist.held_because)
    writer.section("概况", "Overview")
    for label, value in _overview(worklist):
        writer.pair(label, value)
    writer.section("数据来源", "Sources")
    writer.table(("来源 Source", "状态 State", "数据截至 As of"), _sources(worklist))
    writer.section("暂定或逾一年的参数", "Parameters that are assumptions or older than a year")
    writer.note(*_assumptions(worklist))
    if not worklist.held_because:
        writer.section("按街镇", "By township")
        writer.table(TOWNSHIPS, _townships(worklist.items))
    writer.section("使用说明", "How to use it")
    for chinese, english in (*NOTES, *_calendar_notes(worklist)):
        writer.note(chinese, english)
    _print_setup(sheet, worklist)


def _overview(worklist: Worklist) -> Sequence[tuple[str, str]]:
    items = Counter(item.state for item in worklist.items)
    rows = f"{len(worklist.items)} 户（人）rows：{_counted(items, 'new', 'open', 'held')}"
    flags = f"{_counted(worklist.counts, *COUNTED)}；已反馈 answered {len(worklist.answered)}"
    state = "完整 complete" if worklist.day["state"] == "complete" else DEGRADED.format(held=worklist.counts["held"])
    return (
        ("数据日期 Data date", worklist.day["data_date"]),
        ("待办 Items of work", HELD if worklist.held_because else rows),
        ("标记 Flags", flags),
        ("数据状况 State", state),
        ("批次 Run", worklist.day["run_id"]),
        *_restated(worklist.day.get("restates")),
    )


def _counted(counts: Counter[str], *states: str) -> str:
    return "，".join(f"{COUNTED[state]} {counts[state]}" for state in states)


def _restated(first_run: str | None) -> Sequence[tuple[str, str]]:
    """Said when the day was listed before from other inputs."""
    return [("更正 Restated", f"替代先前批次 replaces {first_run}")] if first_run else []


def _assumptions(worklist: Worklist) -> tuple[str, str]:
    """The names of the parameters that are assumptions or older than a year."""
    names = [worklist.day["parameters"][name] for name in worklist.assumptions]
    chinese, english = ([name[f"title_{language}"] for name in names] for language in ("zh", "en"))
    return "、".join(chinese) or "无", "; ".join(english) or "none"


def _sources(worklist: Worklist) -> list[Sequence[str]]:
    return [
        (f"{entry['title_zh']} {entry['title']}", SOURCE_STATES[entry["state"]], entry["as_of"] or "无 none")
        for name, entry in sorted(worklist.day["sources"].items())
    ]


def _townships(items: Sequence[Item]) -> list[Sequence[str]]:
    """In the order of the list, and all of them together."""
    counts = Counter((item.township, item.state) for item in items)
    counts.update((TOTAL, item.state) for item in items)
    names = [name for _, name in sorted({(item.township_code, item.township) for item in items})]
    return [(name, *(str(counts[name, state]) for state in ("new", "open", "held"))) for name in (*names, TOTAL)]


def _calendar_notes(worklist: Worklist) -> list[tuple[str, str]]:
    years = {worklist.data_date.year} | {item.due.year for item in worklist.items}
    missing = "、".join(str(year) for year in sorted(years) if not is_decreed(year))
    if not missing:
        return []
    return [(f"{missing} 年放假安排尚未公布，其办理期限按周一至周五计算。",
             f"The holidays of {missing} are not decreed yet; due dates there count weekdays.")]


def _print_setup(sheet: Any, worklist: Worklist) -> None:
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)
    mark = stamp(worklist.recipient, worklist.data_date)
    sheet.set_header(f'&C&"Microsoft YaHei,Bold"&14&K999999{mark}')
    sheet.set_footer(f"&C{PAGE_OF}")
