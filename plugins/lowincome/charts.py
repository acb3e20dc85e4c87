"""Charts as SVG by a kept library, for pages and reports: told apart by lightness, so that they read in grey.

The same figures give the same bytes, which the report of a day needs.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

SIZES = {"wide": (760, 300), "narrow": (360, 360)}
"""Pixels; the narrow shape is a phone's, with letters of the same size."""
LEAST_TOLD = 6
"""Percent; the bar of a smaller part has no room for its figure, which stands in a table beside the chart."""
FONT = "'Noto Sans CJK SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei', sans-serif"
LOOKS = {
    "background": "#ffffff", "plot_background": "#ffffff", "foreground": "#333333", "foreground_strong": "#111111",
    "foreground_subtle": "#666666", "colors": ("#cfdbe6", "#6f93b3", "#17344f"),
    "value_colors": ("#111111", "#111111", "#ffffff"), "font_family": FONT, "label_font_size": 14,
    "major_label_font_size": 14, "legend_font_size": 14, "value_font_size": 13, "title_font_size": 16, "opacity": "1",
    "stroke_opacity": "1"}
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
    chart = _chart("HorizontalBar", title, shape, show_legend=False, print_zeroes=True, **axis)
    return _drawn(chart, list(ages)[::-1], {label: list(ages.values())[::-1]})


def share_bars(title: str, names: Sequence[str], parts: Parts, shape: str = "wide") -> str:
    """One horizontal bar a name, of parts in percent."""
    chart = _chart(
        "HorizontalStackedBar", title, shape, range=(0, 100), print_zeroes=False,
        formatter=lambda percent: f"{percent:g}" if percent >= LEAST_TOLD else "")
    return _drawn(chart, names[::-1], {name: values[::-1] for name, values in parts.items()})


def _chart(kind: str, title: str, shape: str, **options: Any) -> Any:
    import pygal
    from pygal.style import Style

    width, height = SIZES[shape]
    chart = getattr(pygal, kind)(
        style=Style(**LOOKS), js=[], title=title, width=width, height=height, legend_at_bottom=True,
        legend_at_bottom_columns=3, print_values=shape == "wide", disable_xml_declaration=True, explicit_size=True,
        margin_left=40 if shape == "wide" else 10, **options)
    chart.uuid = hashlib.sha256(title.encode()).hexdigest()[:8]  # the library's own is another each time
    return chart


def _drawn(chart: Any, labels: Sequence[str], parts: Parts) -> str:
    chart.x_labels = list(labels)
    for name, values in parts.items():
        chart.add(name, list(values))
    return SCRIPT.sub("", str(chart.render()))
