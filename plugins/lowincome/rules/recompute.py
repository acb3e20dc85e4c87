"""Recomputes an answer from its explanation alone, to show that nothing else went into it.
Reads no table, no parameter file, no other module: a reader with pencil and paper could do the same.
Every step is carried out on the low bound and on the high bound; None is infinity. A comparison gives True when it
holds for every value within the bounds, False when for none, None when for some.
"""

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any, cast

Bound = Fraction | None
Interval = tuple[Bound, Bound]
Truth = bool | None


def recompute(explanation: dict[str, Any]) -> str:
    """certain, possible, false or unknown, from the criteria of an explanation (the object that JSON gives)."""
    answers = [(truth(entry["formula"], explanation), entry["is_told"]) for entry in explanation["criteria"]]
    if any(answer is False for answer, _ in answers):
        return "false"
    if any(answer is None and not is_told for answer, is_told in answers):
        return "unknown"
    return "possible" if any(answer is None for answer, _ in answers) else "certain"


def truth(formula: dict[str, Any], explanation: dict[str, Any]) -> Truth:
    """The answer of a formula whose last step is a comparison, a statement, or joins of them."""
    kind = formula["op"]
    if kind == "statement":
        return cast("Truth", explanation["statements"][formula["id"]]["is_true"])
    if kind in COMPARISONS:
        left, right = (interval(part, explanation) for part in formula["of"])
        return COMPARISONS[kind](left, right)
    parts = [truth(part, explanation) for part in formula["of"]]
    if kind == "not":
        return None if parts[0] is None else not parts[0]
    decisive = bool(kind == "any")
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def interval(formula: dict[str, Any], explanation: dict[str, Any]) -> Interval:
    """The bounds of a formula that gives an amount."""
    kind = formula["op"]
    if kind == "number":
        return Fraction(formula["value"]), Fraction(formula["value"])
    if kind == "parameter":
        value = Fraction(explanation["parameters"][formula["id"]]["value"])
        return value, value
    if kind == "fact":
        fact = explanation["facts"][formula["id"]]
        return Fraction(fact["low"]), None if fact["high"] is None else Fraction(fact["high"])
    if kind == "bounds":
        return interval(formula["low"], explanation)[0], interval(formula["high"], explanation)[1]
    parts = [interval(part, explanation) for part in formula["of"]]
    lows, highs = zip(*parts, strict=True) if parts else ((), ())
    return ARITHMETIC[kind](list(lows)), ARITHMETIC[kind](list(highs))


def _sum(bounds: list[Bound]) -> Bound:
    return None if None in bounds else sum((bound for bound in bounds if bound is not None), Fraction(0))


def _times(bounds: list[Bound]) -> Bound:
    known = [bound for bound in bounds if bound is not None]
    return Fraction(0) if 0 in known else None if None in bounds else prod(known, start=Fraction(1))


def _minus(bounds: list[Bound]) -> Bound:
    left, right = bounds
    return None if left is None or right is None else left - right


def _least(bounds: list[Bound]) -> Bound:
    return min((bound for bound in bounds if bound is not None), default=None)


def _greatest(bounds: list[Bound]) -> Bound:
    return None if None in bounds else max(bound for bound in bounds if bound is not None)


def _below(left: Interval, right: Interval) -> Truth:
    if left[1] is not None and right[0] is not None and left[1] < right[0]:
        return True
    return False if right[1] is not None and left[0] is not None and left[0] >= right[1] else None


def _at_most(left: Interval, right: Interval) -> Truth:
    above = _below(right, left)
    return None if above is None else not above


ARITHMETIC: dict[str, Callable[[list[Bound]], Bound]] = {
    "sum": _sum, "times": _times, "minus": _minus, "least": _least, "greatest": _greatest}
COMPARISONS: dict[str, Callable[[Interval, Interval], Truth]] = {
    "below": _below, "at_most": _at_most,
    "above": lambda left, right: _below(right, left), "at_least": lambda left, right: _at_most(right, left)}
