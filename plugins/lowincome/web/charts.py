"""The charts of the newest days, drawn and served here."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from lowincome import charts
from lowincome.web import days
from lowincome.web.validation import HISTORY
from lowincome.web.visitor import Visitor, may_open
from lowincome.web.words import Translate, translator

router = APIRouter()
Auditor = Annotated[Visitor, Depends(may_open("validation"))]
Shape = Annotated[str, Query(pattern="^(wide|narrow)$")]


@router.get("/chart/flags.svg")
def draw_flags(visitor: Auditor, shape: Shape = "wide") -> Response:
    """Open flags of each recent day by what they are about: help, review, data."""
    recent, t = days.recent_results(visitor.office.output, HISTORY), translator(visitor.language)
    parts = {t(f"direction.{rules}"): [open_flags(found, rules) for found in recent] for rules in ("A", "B", "Q")}
    return _svg(charts.day_bars(t("chart.flags"), [found["data_date"] for found in recent], parts, shape))


@router.get("/chart/freshness.svg")
def draw_freshness(visitor: Auditor, shape: Shape = "wide") -> Response:
    """How many days each source's data lies behind the newest day."""
    t, (found,) = translator(visitor.language), days.recent_results(visitor.office.output, 1)
    ages = {_system(t, name): days_old(found["data_date"], entry["as_of"])
            for name, entry in sorted(found["sources"].items())}
    return _svg(charts.age_bars(t("chart.freshness"), t("days_old"), ages, shape))


@router.get("/chart/waterfall.svg")
def draw_waterfall(visitor: Auditor, shape: Shape = "wide") -> Response:
    """What became of the rows of each source on the newest day, in percent of rows in."""
    t, (found,) = translator(visitor.language), days.recent_results(visitor.office.output, 1)
    sources = sorted(found["sources"].items())
    parts = {t(fate): [_percent(entry[fate], entry["rows_in"]) for _, entry in sources]
             for fate in ("kept", "quarantined", "refused")}
    names = [_system(t, name) for name, _ in sources]
    return _svg(charts.share_bars(t("chart.waterfall"), names, parts, shape))


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


def _svg(drawn: str) -> Response:
    return Response(drawn, media_type="image/svg+xml")
