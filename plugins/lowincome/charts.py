"""Charts as SVG by a kept library, for pages and reports: told apart by lightness, so that they read in grey.

The same figures give the same bytes, which the report of a day needs.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

SIZES = {"wide": (760, 300), "narrow": (360, 360)}
"""Pixels; the narrow shape is a phone's, where nobody could read the letters of the wide one."""
LEAST_TOLD = 6
"""Percent; the bar of a smaller part has no room for its figure, which stands in a table beside the chart."""
FONT = "'Noto Sans CJK SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei', sans-serif"
LOOKS = {
    "background": "#ffffff", "plot_background": "#ffffff", "foreground": "#333333", "foreground_strong": "#111111",
    "foreground_subtle": "#666666", "colors": ("#cfdbe6", "#6f93b3", "#17344f"),
    "value_colors": ("#111111", "#111111", "#ffffff"), "font_family": FONT, "opacity": "1", "stroke_opacity": "1"}
LETTERS = {
    "wide": {"label": 14, "major_label": 14, "legend": 14, "value": 13, "title": 16},
    "narrow": {"label": 11, "major_label": 11, "legend": 12, "value": 11, "title": 13}}
SCRIPT = re.compile(r"<script.*?</script>", re.S)
"""The library adds its settings as a script, which nothing reads."""
Parts = Mapping[str, Sequence[float | None]]


def day_bars(title: str, days: Sequence[str], parts: Parts, shape: str = "wide") -> str:
    """Stacked bars, one a day; `parts` are counts from the bottom up, at most three."""
    chart = _chart("StackedBar", title, shape, print_zeroes=False, x_label_rotation=60)
    return _drawn(chart, [day[5:] for day in days], parts)


def age_bars(title: str, label: str, ages: Mapping[str, int | None], shape: str = "wide") -> str:
    """One horizontal bar a name: days between the data and the day; none where it never came."""
    oldest = max([4, *(age for age in ages.values() if age is not None)])
    axis = {"range": (0, oldest), "y_labels": list(range(0, oldest + 1, max(1, oldest // 10)))}
    chart = _chart(
        "HorizontalBar", title, shape, show_legend=False, print_zeroes=True, margin_left=_room(list(ages)), **axis)
    return _drawn(chart, list(ages)[::-1], {label: list(ages.values())[::-1]})


def share_bars(title: str, names: Sequence[str], parts: Parts, shape: str = "wide") -> str:
    """One horizontal bar a name, of parts in percent."""
    chart = _chart(
        "HorizontalStackedBar", title, shape, range=(0, 100), y_labels=(0, 25, 50, 75, 100), print_zeroes=False,
        margin_left=_room(names),
        formatter=lambda percent: f"{percent:g}" if percent >= LEAST_TOLD else "")
    return _drawn(chart, names[::-1], {name: values[::-1] for name, values in parts.items()})


def _chart(kind: str, title: str, shape: str, **options: Any) -> Any:
    import pygal
    from pygal.style import Style

    (width, height), letters = SIZES[shape], {f"{name}_font_size": size for name, size in LETTERS[shape].items()}
    chart = getattr(pygal, kind)(
        style=Style(**LOOKS, **letters), js=[], title=title, width=width, height=height, legend_at_bottom=True,
        legend_at_bottom_columns=3 if shape == "wide" else 1, print_values=shape == "wide",
        disable_xml_declaration=True, explicit_size=True, **options)
    chart.uuid = hashlib.sha256(title.encode()).hexdigest()[:8]  # the library's own is another each time
    return chart


def _room(names: Sequence[str]) -> int:
    """Pixels that the names need beside what the library reckons: a Han character is as wide as it is high."""
    return 20 + 6 * max((sum(character > "\u2e80" for character in name) for name in names), default=0)


def _drawn(chart: Any, labels: Sequence[str], parts: Parts) -> str:
    chart.x_labels = list(labels)
    for name, values in parts.items():
        chart.add(name, list(values))
    return SCRIPT.sub("", str(chart.render()))
