"""Small charts as plain SVG inside the page: no script, no other host, told apart by lightness and by words.

The same figures give the same bytes, which the report of a day needs and chart libraries do not promise.
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

FILLS = ("#1a1a1a", "#8c8c8c", "#ffffff")
WIDTH, HEIGHT = 720, 150


def spark(values: Sequence[int | None], label: str) -> Markup:
    """A line of one figure over days, the newest at the right; a day without the figure is a gap."""
    top = max([value for value in values if value is not None], default=0) or 1
    step = 96 / max(len(values) - 1, 1)
    points = [
        None if value is None else (2 + number * step, 18 - 16 * value / top) for number, value in enumerate(values)
    ]
    lines = "".join(_line(run) for run in _runs(points))
    return _svg(100, 20, label, lines)


def day_bars(days: Mapping[str, Sequence[int]], names: Sequence[str], label: str) -> Markup:
    """Stacked bars, one a day; `names` are the parts from the bottom up, at most three."""
    top = max((sum(parts) for parts in days.values()), default=0) or 1
    slot = (WIDTH - 50) / max(len(days), 8)
    bars = "".join(
        _bar(50 + number * slot, slot * 0.7, day, parts, top) for number, (day, parts) in enumerate(days.items())
    )
    ends = ((14, top), (HEIGHT - 22, 0))
    axis = "".join(f'<text x="44" y="{y}" text-anchor="end">{value}</text>' for y, value in ends)
    return _svg(WIDTH, HEIGHT, label, axis + bars) + _legend(names)


def age_bars(ages: Mapping[str, int | None], label: str) -> Markup:
    """One horizontal bar a name: days between the data and the day; a name without any data says so."""
    top = max([age for age in ages.values() if age is not None], default=0) or 1
    rows = "".join(_age(20 * number, name, age, top) for number, (name, age) in enumerate(ages.items()))
    return _svg(WIDTH, 20 * len(ages) + 4, label, rows)


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


def _bar(x: float, width: float, day: str, parts: Sequence[int], top: int) -> str:
    base, pieces = HEIGHT - 22.0, ""
    for fill, value in zip(FILLS, parts, strict=False):
        height = (HEIGHT - 36) * value / top
        base -= height
        pieces += (f'<rect x="{x:.1f}" y="{base:.1f}" width="{width:.1f}" height="{height:.1f}" '
                   f'fill="{fill}" stroke="#1a1a1a"/>')
    title = f"<title>{escape(day)}: {' + '.join(str(value) for value in parts)}</title>"
    name = f'<text x="{x + width / 2:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(day[5:])}</text>'
    return f"<g>{title}{pieces}{name}</g>"


def _age(y: int, name: str, age: int | None, top: int) -> str:
    width = 0 if age is None else 300 * age / top
    told = "无 none" if age is None else f"{age}"
    return (f'<text x="330" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="340" y="{y + 4}" width="{width:.1f}" height="12" fill="#8c8c8c" stroke="#1a1a1a"/>'
            f'<text x="{346 + width:.1f}" y="{y + 15}">{told}</text>')


def _legend(names: Sequence[str]) -> Markup:
    marks = (
        f'<span class="mark" style="background:{fill}"></span>{escape(name)}'
        for fill, name in zip(FILLS, names, strict=False)
    )
    return Markup(f'<p class="legend">{" ".join(marks)}</p>')


def _svg(width: int, height: int, label: str, content: str) -> Markup:
    return Markup(f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
                  f'aria-label="{escape(label)}">{content}</svg>')
