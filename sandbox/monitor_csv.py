"""The rural bureau's CSV as it is met: armoured numbers, four spellings of a date, broken rows, GB18030."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from random import Random

from sandbox.dirt import armoured, broken_address, spaced, written_date
from sandbox.timeline import Row

COLUMNS = ("户编号", "户主姓名", "姓名", "证件类型", "证件号码", "与户主关系", "性别", "出生日期", "联系电话",
           "行政区划代码", "详细地址", "监测对象类别", "识别日期", "风险类型", "风险是否消除", "风险消除日期",
           "家庭年人均纯收入", "健康状况", "劳动能力", "更新日期")
UNDECODABLE = b"\xff\xfe broken by the exporter"


def monitor_csv(rows: list[Row], seed: int, day: date, faults: Mapping[str, float | None]) -> bytes:
    """The file of a day. Broken rows stand at the end, as records of nobody."""
    rng = Random(f"monitor:{seed}:{day}")
    columns = _columns(rng, faults)
    end = rng.choice(("\r\n", "\n"))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end)
    writer.writerow(columns)
    for number, row in enumerate(rows):
        if number % 500 == 250:
            out.write(end)
        writer.writerow(_cells(row, columns, rng, "unknown_code" in faults and number == 0))
    content = out.getvalue().encode("gb18030") + _broken(columns, end)
    return ("\ufeff".encode("gb18030") if rng.random() < 0.5 else b"") + content


def _columns(rng: Random, faults: Mapping[str, float | None]) -> list[str]:
    columns = list(COLUMNS)
    rng.shuffle(columns)
    if "missing_column" in faults:
        columns.remove("证件号码")
    if "new_column" in faults:
        columns.insert(3, "帮扶责任人")
    return columns


def _cells(row: Row, columns: list[str], rng: Random, has_strange_code: bool) -> list[str]:
    dirty = {
        "证件号码": armoured(rng, row["证件号码"]), "出生日期": written_date(rng, row["出生日期"]),
        "识别日期": written_date(rng, row["识别日期"]), "风险消除日期": written_date(rng, row["风险消除日期"]),
        "更新日期": written_date(rng, row["更新日期"]), "姓名": spaced(rng, row["姓名"]),
        "详细地址": broken_address(rng, row["详细地址"]), "帮扶责任人": "村委会"}
    if has_strange_code:
        dirty["监测对象类别"] = "待定户"
    return [str(dirty.get(name, row.get(name, ""))) for name in columns]


def _broken(columns: list[str], end: str) -> bytes:
    few = ["RR99999991", "某某", "某某"]
    many = ["RR99999992"] + ["多"] * len(columns)
    line = ",".join(few) + end + ",".join(many) + end
    cells = [b""] * len(columns)
    cells[columns.index("户编号")] = b"RR99999993"
    cells[columns.index("姓名")] = UNDECODABLE
    return line.encode("gb18030") + b",".join(cells) + end.encode()
