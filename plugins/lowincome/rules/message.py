"""One sentence a caseworker understands: the rule's own words with the figures in them."""

from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from lowincome.figures import plain
from lowincome.rules.catalogue import LANGUAGES, Rule

WORDS = {"zh": ("不详", "至少", "至"), "en": ("unknown", "at least ", " to ")}
OF_THE_OBSERVED = {"observed", "threshold", "past"}
BETWEEN_LIMBS = {"zh": ("；", "无"), "en": ("; ", "none")}
NOT_SURE = {
    "zh": "有部门未答复或数据不全，尚不能确定，须核实。",
    "en": " Some department has not answered or data are incomplete, so this is not certain.",
}


@dataclass(frozen=True)
class Figures:
    """What a criterion observed and compared, as words of one language; without an upper bound "at least".

    `past` counts days that are left backwards: how long ago something ended.
    """

    observed: str
    threshold: str
    past: str


def sentence(rule: Rule, rows: list[dict[str, Any]], language: str) -> str:
    """The rule's message with figures and limbs of its criteria (rows as in the table criterion).

    Where a criterion only may hold, and none is false, a second sentence says so; where what the message speaks of is
    open itself, its own words for that case are taken: unknown is neither told as zero nor as a fact.
    """
    open_rows = [row for row in rows if row["outcome"] is None]
    is_possible = bool(open_rows) and all(row["outcome"] is not False for row in rows)
    is_open = is_possible and any(row["threshold"] is not None or rule.observed is None for row in open_rows)
    doubt = NOT_SURE[language] if is_possible else ""
    template = rule.message(language, is_open)
    spoken = _spoken(rule, template.replace("{limbs}", "".join(text for limb in rule.limbs for text in limb)))
    figures = {row["criterion"]: _figures(row, language) for row in rows if row["criterion"] in spoken}
    own = vars(figures.get(rule.observed or "", Figures("", "", "")))
    limbs = _limbs(rule, rows, language).format(**own)
    return template.format(limbs=limbs, **own, **figures) + doubt


@cache
def _spoken(rule: Rule, template: str) -> frozenset[str]:
    """The criteria whose figures a message tells."""
    names = {(name or "").partition(".")[0] for _, name, _, _ in Formatter().parse(template)}
    return frozenset(names | {rule.observed or ""} if names & OF_THE_OBSERVED else names)


def _limbs(rule: Rule, rows: list[dict[str, Any]], language: str) -> str:
    """Of a rule that holds in any of several cases those alone that hold of this subject."""
    if not rule.limbs:
        return ""
    words = {code: said[LANGUAGES.index(language)] for code, *said in rule.limbs}
    held = {code for row in rows for code in (row["limbs"] or "").split("|") if code}
    joint, none = BETWEEN_LIMBS[language]
    return joint.join(words[code] for code in sorted(held, key=list(words).index)) or none


def _figures(row: dict[str, Any], language: str) -> Figures:
    unknown, at_least, to = WORDS[language]
    low, high, unit = row["low"], row["high"], row["unit"]
    if low is None:
        observed = unknown
    elif high is None:
        observed = f"{at_least}{plain(low, unit)}"
    else:
        observed = plain(low, unit) if low == high else f"{plain(low, unit)}{to}{plain(high, unit)}"
    past = "" if low is None else plain(-low, unit)
    return Figures(observed, plain(row["threshold"], unit), past)
