"""One sentence a caseworker understands: the rule's own words with the figures in them."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lowincome.figures import plain
from lowincome.rules.catalogue import Rule

WORDS = {"zh": ("不详", "至少", "至"), "en": ("unknown", "at least ", " to ")}
NOT_SURE = {
    "zh": "有部门未答复或数据不全，尚不能确定，须核实。",
    "en": " Some department has not answered or data are incomplete, so this is not certain.",
}


@dataclass(frozen=True)
class Figures:
    """What a criterion observed and compared, as words of one language.

    Of a figure that leaves its criterion open, what is known is told without "at least": the message says so.
    """

    observed: str
    threshold: str


def reasons(rule: Rule, answered: pa.Table, asked: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The sentence in Chinese and English for each answered subject; null where no flag stands or may stand."""
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for row in asked.select(["subject_id", "criterion", "low", "high", "threshold", "unit", "outcome"]).to_pylist():
        by_subject.setdefault(row["subject_id"], []).append(row)
    subjects = answered.column("subject_id").to_pylist()

    def told(language: str) -> pa.Array:
        texts = [sentence(rule, by_subject[one], language) if one in by_subject else None for one in subjects]
        return pa.array(texts, pa.string())

    return told("zh"), told("en")


def sentence(rule: Rule, rows: list[dict[str, Any]], language: str) -> str:
    """The rule's message with the figures of its criteria (rows with criterion, low, high, threshold, unit, outcome).

    Where a criterion only may hold, and none is false, a second sentence says so; where its figure leaves it open, the
    message speaks of what is known.
    """
    figures = {row["criterion"]: _figures(row, language) for row in rows}
    own = figures.get(rule.observed or "", Figures("", ""))
    open_rows = [row for row in rows if row["outcome"] is None]
    is_possible = bool(open_rows) and all(row["outcome"] is not False for row in rows)
    is_open = is_possible and any(row["threshold"] is not None for row in open_rows)
    doubt = NOT_SURE[language] if is_possible else ""
    template = rule.message(language, is_open)
    return template.format(observed=own.observed, threshold=own.threshold, **figures) + doubt


def _figures(row: dict[str, Any], language: str) -> Figures:
    unknown, at_least, to = WORDS[language]
    low, high, unit = row["low"], row["high"], row["unit"]
    if low is None:
        observed = unknown
    elif high is None:
        observed = f"{'' if row['outcome'] is None else at_least}{plain(low, unit)}"
    else:
        observed = plain(low, unit) if low == high else f"{plain(low, unit)}{to}{plain(high, unit)}"
    return Figures(observed, plain(row["threshold"], unit))
