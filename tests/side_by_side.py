"""Many small households on one day: each is that of small_day with a mother, a number and changes of its own."""

import gzip
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq

from sandbox.population import check_digit
from tests.small_day import MOTHER, Changes, deliveries, parquet, report, roster


def side_by_side(day: date, cases: Sequence[Changes]) -> dict[str, Any]:
    """The six deliveries in which the roster's household J<n> is that of the n-th case (`facts`, `until`, …)."""
    reports, tables = "", dict[str, list[dict[str, Any]]]()
    for number, case in enumerate(cases, 1):
        names = own_names(number)
        text = gzip.decompress(report(case.get("facts", []), case.get("until", "2027-12-31"))).decode()
        for general, own in names.items():
            text = text.replace(f'"{general}"', f'"{own}"')
        reports += text + "\n"
        for name, content in roster(case.get("status", "ACTIVE"), case.get("review", "2027-01-01")).values():
            for row in pq.read_table(io.BytesIO(content)).to_pylist():
                own_row = {column: names.get(value, value) for column, value in row.items()}
                tables.setdefault(name, []).append(own_row | ({"subsidy_no": str(number)} if "kind" in row else {}))
    return deliveries(day, []) | {
        "province_check": {"f1.ndjson.gz": ("reports", gzip.compress(reports.encode(), mtime=0))},
        "assistance_roster": {f"{name}.parquet": (name, parquet(*rows)) for name, rows in tables.items()}}


def own_names(number: int) -> dict[str, str]:
    """What stands for the small day's household, its mother, her ID and birthday in the n-th household."""
    born = date(1960, 1, 2) + timedelta(days=37 * number)
    stem = f"370102{born:%Y%m%d}232"
    return {
        "J1": f"J{number}", "PH1": f"PH{number}", "SD1": f"SD{number}", MOTHER: stem + check_digit(stem),
        "王秀英": "王" + chr(ord("秀") + number), "1960-01-02": born.isoformat(), "19600102": f"{born:%Y%m%d}",
        "13800001234": f"1380000{number:04d}"}
