"""One worklist workbook a district, for caseworkers, in Chinese; text cells only, nothing is a formula."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from lowincome.mask import mask_id, mask_name, mask_phone
from lowincome.working_days import due_date

HEADINGS = (
    ("序号", 6),
    ("状态", 8),
    ("规则", 8),
    ("事项", 24),
    ("户主或对象", 12),
    ("身份证号", 22),
    ("联系电话", 15),
    ("住址", 30),
    ("家庭编号", 26),
    ("原因", 46),
    ("确定程度", 10),
    ("工作建议", 36),
    ("政策依据", 28),
    ("首次发现", 12),
    ("办理期限", 12),
    ("核查结果", 12),
    ("核查日期", 12),
    ("备注", 30),
)
STATES = {"new": "新增", "open": "未结", "held": "暂挂"}
CERTAINTIES = {"certain": "确定", "possible": "可能", "unknown": "不能判断"}
FINDINGS = ["属实", "不属实", "数据有误", "未能联系", "转介"]


def write_workbook(
    path: Path,
    district: str,
    lock: dict[str, Any],
    rows: list[dict[str, Any]],
    rules: dict[str, dict[str, Any]],
    state: str,
) -> None:
    """The open flags of one district, new ones first; the same input gives the same bytes."""
    data_date = date.fromisoformat(lock["data_date"])
    book = xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True},
    )
    book.set_properties(
        {"title": f"{district} 工作清单", "created": datetime(data_date.year, data_date.month, data_date.day)}
    )
    _cover(book, district, lock, rows, state)
    _list(book, data_date, rows, rules)
    book.close()


def _cover(book: Any, district: str, lock: dict[str, Any], rows: list[dict[str, Any]], state: str) -> None:
    sheet = book.add_worksheet("说明")
    bold, title = book.add_format({"bold": True}), book.add_format({"bold": True, "font_size": 16})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 3, 22)
    sheet.write_string(0, 0, f"{district} 低收入人口动态监测工作清单", title)
    counts = "，".join(f"{STATES[key]}{sum(row['state'] == key for row in rows)}件" for key in STATES)
    lines = [
        ("数据日期", lock["data_date"]),
        ("事项", counts),
        (
            "数据状况",
            "完整" if state == "complete" else "降级：部分来源未按时到达或被拒收，相关事项暂挂，不新增也不销号",
        ),
        ("批次", lock["run_id"]),
    ]
    for number, (name, text) in enumerate(lines, 2):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text)
    sheet.write_row(7, 0, ["数据来源", "状态", "数据截至"], bold)
    names = {"ok": "正常", "missing": "未到", "refused": "拒收", "stale": "过期"}
    for number, (source, entry) in enumerate(sorted(lock["sources"].items()), 8):
        sheet.write_row(number, 0, [source, names[entry["state"]], entry["as_of"] or "无"])
    notes = (
        "本清单是入户核查线索，不是处理决定；任何事项不得仅凭数据比对停发或拒绝。",
        "请在“核查结果、核查日期、备注”三列填写，其他列请勿改动。",
        "规则中的财产限额为暂定口径，以市局正式文件为准。",
    )
    for number, text in enumerate(notes, 16):
        sheet.write_string(number, 0, text)


def _list(book: Any, data_date: date, rows: list[dict[str, Any]], rules: dict[str, dict[str, Any]]) -> None:
    sheet = book.add_worksheet("清单")
    head = book.add_format({"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    for column, (name, width) in enumerate(HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(_cells(number, data_date, row, rules[row["rule_id"]])):
            sheet.write_string(number, column, value, text)
    last = max(len(rows), 1)
    sheet.data_validation(1, 15, last, 15, {"validate": "list", "source": FINDINGS})
    sheet.autofilter(0, 0, last, len(HEADINGS) - 1)
    sheet.freeze_panes(1, 5)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L数据日期 " + data_date.isoformat() + "&R第 &P 页 共 &N 页")


def _cells(number: int, data_date: date, row: dict[str, Any], rule: dict[str, Any]) -> list[str]:
    return [
        str(number),
        STATES[row["state"]],
        row["rule_id"],
        rule["title_zh"],
        mask_name(row["name"]),
        mask_id(row["id_no"]),
        mask_phone(row["phone"]),
        row["address"] or "",
        row["forming_key"] or "",
        reason(row, rule),
        CERTAINTIES[row["certainty"]],
        rule["advice_zh"],
        rule["legal_basis"],
        row["first_seen"].isoformat(),
        due_date(row["first_seen"], rule["deadline_working_days"]).isoformat(),
        "",
        "",
        "",
    ]


def reason(row: dict[str, Any], rule: dict[str, Any]) -> str:
    """The rule's sentence with the observed figures; unknown bounds are said so."""
    figures = {
        name: _figure(row[column])
        for name, column in (("low", "observed_low"), ("high", "observed_high"), ("threshold", "threshold"))
    }
    return str(rule["message_zh"]).format(**figures)


def _figure(value: Any) -> str:
    return "不详" if value is None else format(value.normalize(), "f")
