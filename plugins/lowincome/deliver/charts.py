"""Charts inside a page of the report: no script, no other host, the same figures the same bytes."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

NOT_IN_A_PAGE = re.compile(r' xmlns(:\w+)?="[^"]*"|<!--.*?-->', re.S)
"""What a picture of its own needs and one inside a page does not."""


def inside(drawn: str, label: str) -> Markup:
    """A drawn chart as part of a page, with what it shows in words."""
    return Markup(f'<div role="img" aria-label="{escape(label)}">{NOT_IN_A_PAGE.sub("", drawn)}</div>')


def spark(values: Sequence[int | None], label: str) -> Markup:
    """A line of one figure over days, the newest at the right; a day without the figure is a gap.

    Drawn here: a report holds hundreds, and the library takes longer for one than all of them take.
    """
    top = max([value for value in values if value is not None], default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    points = [
        None if value is None else (2 + number * step, 18 - 16 * value / top) for number, value in enumerate(values)
    ]
    lines = "".join(_line(run) for run in _runs(points))
    return Markup(f'<svg viewBox="0 0 100 20" width="100" height="20" role="img" aria-label="{escape(label)}">'
                  f"{lines}</svg>")


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line(points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (f'<polyline points="{path}" fill="none" stroke="#333" stroke-width="1.5"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#1a1a1a"/>')
