"""The steps of an explanation as plain data: facts with their keys, parameters, and how they are put together."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Formula = dict[str, Any]
FEN = Fraction(1, 100)


@dataclass
class Ledger:
    """Every fact, statement and parameter that a formula refers to, each under a short id."""

    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknowns: list[str] = field(default_factory=list)

    def fact(self, what: str, key: str | None, low: Fraction | int, high: Fraction | int | None) -> Formula:
        """An amount that a source row gives, as bounds; high None is infinity and is listed as unknown."""
        name = f"f{len(self.facts) + 1}"
        self.facts[name] = {"what": what, "key": key, "low": text(low), "high": None if high is None else text(high)}
        if high is None:
            self.unknowns.append(f"{what} ({key or 'nobody answered'})")
        return {"op": "fact", "id": name}

    def statement(self, what: str, is_true: bool | None, keys: list[str]) -> Formula:
        """Something that holds, does not hold, or may hold (None), with the records that say so."""
        name = f"s{len(self.statements) + 1}"
        self.statements[name] = {"what": what, "is_true": is_true, "keys": keys}
        if is_true is None:
            self.unknowns.append(what)
        return {"op": "statement", "id": name}


def number(value: Fraction | Decimal | int) -> Formula:
    """A figure that no law changes: months, persons."""
    return {"op": "number", "value": text(value)}


def parameter(name: str) -> Formula:
    """The value in force of a parameter, in yuan where it is money."""
    return {"op": "parameter", "id": name}


def step(op: str, *parts: Formula) -> Formula:
    """One step: sum, times, minus, least, greatest; below, at_most, above, at_least; all, any, not."""
    return {"op": op, "of": list(parts)}


def bounds(low: Formula, high: Formula) -> Formula:
    """The low bound of one formula and the high bound of another."""
    return {"op": "bounds", "low": low, "high": high}


def text(value: Fraction | Decimal | int) -> str:
    """Exact: whole, decimal or a fraction such as 7/12."""
    return str(Fraction(value))
