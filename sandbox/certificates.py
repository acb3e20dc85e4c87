"""The federation's workbook as it is made by hand: title rows, merged cells, numbers typed as numbers."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from sandbox.dirt import written_date
from sandbox.population import townships
from sandbox.timeline import Row

COLUMNS = ("姓名", "性别", "残疾人证号", "身份证号", "残疾类别", "残疾等级", "发证日期", "有效期至", "证件状态",
           "联系电话", "家庭住址", "行政区划代码", "监护人姓名", "监护人电话", "更新日期")
DATES = ("发证日期", "有效期至", "更新日期")
CATEGORIES = dict(zip("1234567", ("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), strict=True))
LEVELS = dict(zip("1234", ("一级", "二级", "三级", "四级"), strict=True))


def certificate_workbook(path: Path, rows: list[Row], seed: int, day: date, faults: Mapping[str, float | None]) -> None:
    """One sheet, or one a district, by the day."""
    rng = Random(f"certificates:{seed}:{day}")
    columns = [name for name in COLUMNS if not ("missing_column" in faults and name == "残疾人证号")]
    if "new_column" in faults:
        columns.append("备注")
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime(day.year, day.month, day.day)})
    formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"}), "title": book.add_format({"align": "center"})}
    for name, lines in _sheets(rows, rng).items():
        _fill(book.add_worksheet(name), lines, columns, formats, rng, "unknown_code" in faults)
    book.close()


def _sheets(rows: list[Row], rng: Random) -> dict[str, list[Row]]:
    if rng.random() < 0.5 or not rows:
        return {"残疾人证": rows}
    names = {code[:6]: district for code, _, district in townships()}
    sheets: dict[str, list[Row]] = {}
    for row in rows:
        sheets.setdefault(names.get(str(row["行政区划代码"])[:6], "其他"), []).append(row)
    return dict(sorted(sheets.items()))


def _fill(sheet: Any, rows: list[Row], columns: list[str], formats: Mapping[str, Any], rng: Random,
          has_strange_code: bool) -> None:
    line = rng.randrange(4)
    for title in range(line):
        sheet.merge_range(title, 0, title, len(columns) - 1, ("济南市持证残疾人名册", "单位:残联", "内部资料")[title],
                          formats["title"])
    sheet.write_row(line, 0, columns)
    for number, row in enumerate(rows):
        line += 2 if number % 300 == 150 else 1
        shown = row | ({"证件状态": "待核"} if has_strange_code and number == 0 else {})
        for column, name in enumerate(columns):
            _write(sheet, line, column, name, shown.get(name, ""), formats, rng)
    sheet.write_string(line + 1, 0, "合计")
    sheet.write_number(line + 1, 1, len(rows))


def _write(sheet: Any, line: int, column: int, name: str, value: Any, formats: Mapping[str, Any], rng: Random) -> None:
    if name in DATES:
        _write_date(sheet, line, column, value, formats, rng)
    elif isinstance(value, float):
        sheet.write_number(line, column, value)
    elif name == "残疾类别" and rng.random() < 0.7:
        sheet.write_string(line, column, CATEGORIES[value])
    elif name == "残疾等级" and rng.random() < 0.7:
        sheet.write_string(line, column, LEVELS[value])
    elif name == "身份证号" and len(value) == 15 and rng.random() < 0.5:
        sheet.write_number(line, column, float(value))
    else:
        sheet.write_string(line, column, str(value))


def _write_date(sheet: Any, line: int, column: int, value: date | None, formats: Mapping[str, Any],
                rng: Random) -> None:
    roll = rng.random()
    if value is None or roll < 0.5:
        sheet.write_string(line, column, written_date(rng, value))
    elif roll < 0.8:
        sheet.write_datetime(line, column, datetime(value.year, value.month, value.day), formats["date"])
    else:
        sheet.write_number(line, column, (value - date(1899, 12, 30)).days)
