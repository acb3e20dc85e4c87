"""What days in one process cost, read from kept figures, and how it grows."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, median
from typing import Any


@dataclass(frozen=True)
class Day:
    """One day in one process; `changed` are percent of the records, None on the first day, which brings all.

    `cpu` are processor seconds without those that starting Python takes, medians of the runs; `peak_mb` likewise.
    """

    persons: int
    records: int
    changed: float | None
    cpu: float
    peak_mb: float


def read_days(files: Iterable[Path]) -> list[Day]:
    """The days of every file, by size, then by change."""
    days = [day for file in files for day in _days(json.loads(file.read_text("utf-8")))]
    return sorted(days, key=lambda day: (day.persons, -1 if day.changed is None else day.changed))


def _days(told: dict[str, Any]) -> Iterable[Day]:
    """A day for each share of change; of several alike the last, for on the second day every flag is still new."""
    costs: dict[str, list[dict[str, float]]] = {}
    for step in told["steps"]:
        if step["name"] == "one process":
            costs.setdefault(step["day"], []).append(step["cost"])
    by_change = dict(zip([None, *told["changed"]], (costs[day] for day in sorted(costs)), strict=True))
    for changed, of_day in by_change.items():
        cpu, peak = (median(cost[name] for cost in of_day) for name in ("cpu", "peak_mb"))
        yield Day(**told["size"], changed=changed, cpu=cpu - told["idle"]["cpu"], peak_mb=peak)


def of_change(days: Iterable[Day], changed: float | None) -> list[Day]:
    """The days on which so much changed, by size."""
    return [day for day in days if day.changed == changed]


def changes(days: Iterable[Day]) -> list[float | None]:
    """Every share that was measured, all first."""
    return sorted({day.changed for day in days}, key=lambda one: -1 if one is None else one)


def exponent(days: Sequence[Day]) -> float:
    """The slope of the logarithm of the cost over that of the size: 1 where twice the people cost twice as much."""
    sizes, costs = ([math.log(value) for value in values] for values in (
        [day.persons for day in days], [day.cpu for day in days]))
    return linear_regression(sizes, costs).slope


def local_exponents(days: Sequence[Day]) -> list[float]:
    """The same from each size to the next."""
    return [exponent(pair) for pair in pairwise(days)]
