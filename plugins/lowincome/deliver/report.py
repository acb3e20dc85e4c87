"""The auditor's page of a day: one file, no server, no script, Chinese first."""

from collections import Counter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lowincome.settings import INCLUDE

STATES = {"ok": "正常 ok", "missing": "未到 missing", "refused": "拒收 refused", "stale": "过期 stale"}


def write_report(
    path: Path, results: dict[str, Any], catalogue: list[dict[str, Any]], rejected: list[dict[str, Any]]
) -> None:
    """Write validation/index.html from the day's results; it holds keys and counts, no personal data."""
    environment = Environment(
        loader=FileSystemLoader(INCLUDE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    reasons = sorted(Counter((row["source"], row["table_name"], row["reason"]) for row in rejected).items())
    text = environment.get_template("validation.html").render(
        **results, states=STATES, rules={rule["id"]: rule for rule in catalogue}, reasons=reasons
    )
    path.write_text(text, "utf-8")
