"""One sentence a caseworker understands: the rule's own words with the figures in them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa

from lowincome.rules.catalogue import Rule

WORDS = {"zh": ("不详", "至少", "至"), "en": ("unknown", "at least ", " to ")}
NOT_SURE = {
    "zh": "有部门未答复或数据不全，尚不能确定，须核实。",
    "en": " Some department has not answered or data are incomplete, so this is not certain.",
}


@dataclass(frozen=True)
class Figures:
    """What a criterion observed and compared, as words of one language."""

    observed: str
    threshold: str


def reasons(rule: Rule, answered: pa.Table, asked: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The sentence in Chinese and English for each answered subject; null where no flag stands or may stand."""
    by_subject: dict[str, list[dict[str, Any]]] = {}
    for row in asked.select(["subject_id", "criterion", "low", "high", "threshold", "outcome"]).to_pylist():
        by_subject.setdefault(row["subject_id"], []).append(row)
    subjects = answered.column("subject_id").to_pylist()

    def told(language: str) -> pa.Array:
        texts = [sentence(rule, by_subject[one], language) if one in by_subject else None for one in subjects]
        return pa.array(texts, pa.string())

    return told("zh"), told("en")


def sentence(rule: Rule, rows: list[dict[str, Any]], language: str) -> str:
    """The rule's message with the figures of its criteria (rows with criterion, low, high, threshold, outcome).

    Where a criterion only may hold, and none is false, a second sentence says so.
    """
    template = rule.message_zh if language == "zh" else rule.message_en
    figures = {row["criterion"]: _figures(row, language) for row in rows}
    own = figures.get(rule.observed or "", Figures("", ""))
    outcomes = [row["outcome"] for row in rows]
    doubt = NOT_SURE[language] if None in outcomes and False not in outcomes else ""
    return template.format(observed=own.observed, threshold=own.threshold, **figures) + doubt


def _figures(row: dict[str, Any], language: str) -> Figures:
    unknown, at_least, to = WORDS[language]
    low, high = row["low"], row["high"]
    if low is None:
        observed = unknown
    elif high is None:
        observed = f"{at_least}{number(low)}"
    else:
        observed = number(low) if low == high else f"{number(low)}{to}{number(high)}"
    return Figures(observed, "" if row["threshold"] is None else number(row["threshold"]))


def number(value: Decimal) -> str:
    """At most two digits after the point, none that say nothing."""
    text = f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".")
