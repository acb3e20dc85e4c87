"""Charts as SVG, drawn here and served from here; told apart by lightness, so that they read in grey."""

from datetime import date
from typing import Annotated, Any

import pygal
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pygal.style import Style

from lowincome.web import days
from lowincome.web.validation import HISTORY
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.words import Translate, translator

router = APIRouter()
Auditor = Annotated[Visitor, Depends(may_open("validation"))]
Shape = Annotated[str, Query(pattern="^(wide|narrow)$")]
SIZES = {"wide": (760, 300), "narrow": (360, 360)}
"""Pixels; the narrow shape is a phone's, with letters of the same size."""
LEAST_TOLD = 6
"""Percent; the bar of a smaller part has no room for its figure, which stands in the table below."""
FONT = "'Noto Sans CJK SC', 'WenQuanYi Zen Hei', 'Microsoft YaHei', sans-serif"
STYLE = Style(
    background="#ffffff", plot_background="#ffffff", foreground="#333333", foreground_strong="#111111",
    foreground_subtle="#666666", colors=("#cfdbe6", "#6f93b3", "#17344f"),
    value_colors=("#111111", "#111111", "#ffffff"), font_family=FONT, label_font_size=14,
    major_label_font_size=14, legend_font_size=14, value_font_size=13, title_font_size=16, opacity="1",
    stroke_opacity="1")


@router.get("/chart/flags.svg")
def draw_flags(visitor: Auditor, shape: Shape = "wide") -> Response:
    """Open flags of each recent day by what they are about: help, review, data."""
    recent, t = days.recent_results(visitor.office.output, HISTORY), translator(visitor.language)
    chart = pygal.StackedBar(print_zeroes=False, x_label_rotation=60, **_options(t("chart.flags"), shape))
    chart.x_labels = [found["data_date"][5:] for found in recent]
    for direction in ("A", "B", "Q"):
        chart.add(t(f"direction.{direction}"), [open_flags(found, direction) for found in recent])
    return _svg(chart)


@router.get("/chart/freshness.svg")
def draw_freshness(visitor: Auditor, shape: Shape = "wide") -> Response:
    """How many days each source's data lies behind the newest day."""
    t, (found,) = translator(visitor.language), days.recent_results(visitor.office.output, 1)
    sources = sorted(found["sources"].items(), reverse=True)
    ages = [days_old(found["data_date"], entry["as_of"]) for _, entry in sources]
    oldest = max([4, *(age for age in ages if age is not None)])
    axis = {"range": (0, oldest), "y_labels": list(range(0, oldest + 1, max(1, oldest // 10)))}
    chart = pygal.HorizontalBar(show_legend=False, print_zeroes=True, **axis, **_options(t("chart.freshness"), shape))
    chart.x_labels = [_system(t, name) for name, _ in sources]
    chart.add(t("days_old"), ages)
    return _svg(chart)


@router.get("/chart/waterfall.svg")
def draw_waterfall(visitor: Auditor, shape: Shape = "wide") -> Response:
    """What became of the rows of each source on the newest day, in percent of rows in."""
    t, (found,) = translator(visitor.language), days.recent_results(visitor.office.output, 1)
    sources = sorted(found["sources"].items(), reverse=True)
    chart = pygal.HorizontalStackedBar(
        range=(0, 100), print_zeroes=False, formatter=_told, **_options(t("chart.waterfall"), shape))
    chart.x_labels = [_system(t, name) for name, _ in sources]
    for fate in ("kept", "quarantined", "refused"):
        chart.add(t(fate), [_percent(entry[fate], entry["rows_in"]) for _, entry in sources])
    return _svg(chart)


def open_flags(found: dict[str, Any], prefix: str) -> int:
    """Flags of one day that are not closed, of the rules that begin so."""
    rules = (counts for rule, counts in found["flags"].items() if rule.startswith(prefix))
    return sum(counts[state] for counts in rules for state in ("new", "open", "held"))


def days_old(data_date: str, as_of: str | None) -> int | None:
    """Days from the source's data to the data date; None when it never came."""
    return (date.fromisoformat(data_date) - date.fromisoformat(as_of)).days if as_of else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _system(t: Translate, name: str) -> str:
    return t(f"system.{name}", otherwise=name)


def _told(percent: float) -> str:
    return f"{percent:g}" if percent >= LEAST_TOLD else ""


def _options(title: str, shape: str) -> dict[str, Any]:
    width, height = SIZES[shape]
    return {
        "style": STYLE, "js": [], "title": title, "width": width, "height": height, "legend_at_bottom": True,
        "legend_at_bottom_columns": 3, "print_values": shape == "wide", "disable_xml_declaration": True,
        "explicit_size": True, "margin_left": 40 if shape == "wide" else 10}


def _svg(chart: Any) -> Response:
    return Response(chart.render(), media_type="image/svg+xml")
