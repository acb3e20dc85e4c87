"""Outcomes of conditions, ordered so that `min` joins and `max` gives alternatives; amounts as pairs of bounds."""

from math import inf

FALSE, UNKNOWN, POSSIBLE, CERTAIN = range(4)
CERTAINTY = {UNKNOWN: "unknown", POSSIBLE: "possible", CERTAIN: "certain"}
Bounds = tuple[float, float]
"""[low, high] in fen or pieces, exact (int or Fraction; the float is infinity alone)."""
NOTHING: Bounds = (0, 0)
ANYTHING: Bounds = (0, inf)


def told(is_so: bool) -> int:
    """A condition that is known either way."""
    return CERTAIN if is_so else FALSE


def negated(outcome: int) -> int:
    """Possible stays possible, unknown stays unknown."""
    return {FALSE: CERTAIN, CERTAIN: FALSE}.get(outcome, outcome)


def among(always: bool, sometimes: bool) -> int:
    """Whether a condition holds for every value within the bounds, for some, or for none."""
    return CERTAIN if always else POSSIBLE if sometimes else FALSE


def above(value: Bounds, limit: float) -> int:
    """value > limit."""
    return among(value[0] > limit, value[1] > limit)


def at_least(value: Bounds, limit: float) -> int:
    """value ≥ limit."""
    return among(value[0] >= limit, value[1] >= limit)


def total(values: list[Bounds]) -> Bounds:
    """The sum, bound by bound."""
    return sum(low for low, _ in values), sum(high for _, high in values)
