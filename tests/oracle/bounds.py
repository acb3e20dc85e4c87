"""Amounts known within bounds, and the four answers of a condition."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

CERTAIN, POSSIBLE, FALSE, UNKNOWN = "certain", "possible", "false", "unknown"
Number = Fraction | int


@dataclass(frozen=True)
class Bounds:
    """Some value from low to high; high None is without limit."""

    low: Fraction
    high: Fraction | None

    def __add__(self, other: "Bounds") -> "Bounds":
        high = None if self.high is None or other.high is None else self.high + other.high
        return Bounds(self.low + other.low, high)

    def times(self, factor: Number) -> "Bounds":
        """Scaled by a factor that is not negative; nothing of the unlimited is nothing."""
        if factor == 0:
            return ZERO
        return Bounds(self.low * factor, None if self.high is None else self.high * factor)

    def less(self, deduction: Number) -> "Bounds":
        """Each bound reduced, never below zero."""
        high = None if self.high is None else max(Fraction(0), self.high - deduction)
        return Bounds(max(Fraction(0), self.low - deduction), high)

    def more_than(self, line: Number) -> str:
        """Whether the value is greater than the line: for all, for some, for none of its values."""
        if self.low > line:
            return CERTAIN
        return POSSIBLE if self.high is None or self.high > line else FALSE

    def at_least(self, line: Number) -> str:
        """Whether the value is the line or greater."""
        if self.low >= line:
            return CERTAIN
        return POSSIBLE if self.high is None or self.high >= line else FALSE

    def less_than(self, line: Number) -> str:
        """Whether the value is below the line."""
        return opposite(self.at_least(line))

    def at_most(self, line: Number) -> str:
        """Whether the value is the line or below."""
        return opposite(self.more_than(line))


ZERO = Bounds(Fraction(0), Fraction(0))
ANYTHING = Bounds(Fraction(0), None)
ONE_OR_MORE = Bounds(Fraction(1), None)


def exactly(value: Number) -> Bounds:
    """A value that is known."""
    return Bounds(Fraction(value), Fraction(value))


def total(parts: Iterable[Bounds]) -> Bounds:
    """The sum; zero of nothing."""
    result = ZERO
    for part in parts:
        result = result + part
    return result


def yes(holds: bool) -> str:
    """The answer of a condition that is simply true or false."""
    return CERTAIN if holds else FALSE


def opposite(answer: str) -> str:
    """The answer of "not"."""
    return {CERTAIN: FALSE, FALSE: CERTAIN}.get(answer, answer)


def every(*answers: str) -> str:
    """Conditions joined by "and": one false condition settles it, then one that cannot be told."""
    return next((answer for answer in (FALSE, UNKNOWN, POSSIBLE) if answer in answers), CERTAIN)


def some(*answers: str) -> str:
    """Conditions joined by "or": one certain condition settles it, then a possible one."""
    return next((answer for answer in (CERTAIN, POSSIBLE, UNKNOWN) if answer in answers), FALSE)


def at_most_possible(answer: str) -> str:
    """A certain answer that rests on an assumption."""
    return POSSIBLE if answer == CERTAIN else answer
