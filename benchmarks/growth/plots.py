"""Plots over two logarithmic axes, where a power is a straight line and its exponent the slope."""

import hashlib
import math
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

from lowincome.charts import LOOKS, SCRIPT

from benchmarks.growth.figures import Day, changes, of_change
from benchmarks.growth.tables import share

COLORS = ("#111111", "#1b5e8c", "#b3541e", "#3f7d3a", "#7a4b94", "#8a6d1f", "#9e2a5b")
DASHES = ("", "10,4", "3,4", "12,4,3,4", "1,6")
"""Lines are told apart in grey too."""


def drawn(days: Sequence[Day]) -> dict[str, str]:
    """SVG by name: what a day costs and takes over the population, and what it costs over the change."""
    persons = sorted({day.persons for day in days})
    by_change = {share(one): of_change(days, one) for one in changes(days)}
    by_size = {f"{size:,} persons": [day for day in days if day.persons == size and day.changed] for size in persons}
    return {
        "cost_by_size": _plot("Processor seconds of a day, by persons", by_change, _persons, _cpu),
        "cost_by_change": _plot("Processor seconds of a day, by share changed", by_size, _changed, _cpu, _percent),
        "memory_by_size": _plot("Largest memory of a day (MB), by persons", by_change, _persons, _peak),
    }


def _persons(day: Day) -> float:
    return day.persons


def _changed(day: Day) -> float:
    return (day.changed or math.nan) / 100


def _cpu(day: Day) -> float:
    return day.cpu


def _peak(day: Day) -> float:
    return day.peak_mb


def _plot(
    title: str, days: dict[str, list[Day]], x: Callable[[Day], float], y: Callable[[Day], float],
    told: Callable[[float], str] | None = None,
) -> str:
    """A line a name; `told` says what stands at a logarithm across."""
    import pygal
    from pygal.style import Style

    lines = {name: [(math.log10(x(day)), math.log10(y(day))) for day in own] for name, own in days.items()}
    across, up = ([point[axis] for line in lines.values() for point in line] for axis in (0, 1))
    chart = pygal.XY(
        style=Style(**LOOKS | {"colors": COLORS}), js=[], title=title, width=760, height=420, legend_at_bottom=True,
        legend_at_bottom_columns=3, disable_xml_declaration=True, explicit_size=True, dots_size=4,
        x_value_formatter=told or _figure, value_formatter=_figure)
    chart.x_labels, chart.y_labels = _marks(across), _marks(up)
    chart.uuid = hashlib.sha256(title.encode()).hexdigest()[:8]
    for (name, line), dashes in zip(lines.items(), cycle(DASHES), strict=False):
        chart.add(name, line, stroke_style={"width": 2, "dasharray": dashes})
    return SCRIPT.sub("", str(chart.render(is_unicode=True)))


def _marks(logarithms: Sequence[float]) -> list[Any]:
    """1, 2 and 5 of every power of ten that the values span."""
    low, high = math.floor(min(logarithms)), math.ceil(max(logarithms))
    marks = [math.log10(lead) + power for power in range(low, high) for lead in (1, 2, 5)] + [high]
    first = max(mark for mark in marks if mark <= min(logarithms) + 1e-9)
    last = min(mark for mark in marks if mark >= max(logarithms) - 1e-9)
    return [mark for mark in marks if first <= mark <= last]


def _figure(logarithm: float) -> str:
    return f"{10**logarithm:,.3g}" if logarithm < 3 else f"{10**logarithm:,.0f}"


def _percent(logarithm: float) -> str:
    return f"{10**logarithm:.1%}".replace(".0", "")
