"""The verb that measures the newest published day: counts and ages for a monitoring system, never personal data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lowincome.deliver import past
from lowincome.deliver.results import read_results
from lowincome.lake import Lake
from lowincome.register import alerts, ledger
from lowincome.settings import read_settings
from lowincome.trouble import KINDS

ROWS = {"rows_in": "in", "kept": "kept", "quarantined": "quarantined", "refused": "refused"}


@dataclass(frozen=True)
class Gauge:
    """One figure; `tags` are codes of this project: a source, a rule, a district, a state."""

    name: str
    value: float
    tags: dict[str, str] = field(default_factory=dict)


def gauges(now: datetime) -> list[Gauge]:
    """Every figure of the newest published day, and which causes stand (1 or 0); now: with its zone, local.

    What is unknown is left out: it has no figure. Ages are days until today.
    """
    settings = read_settings()
    with ledger.opened(settings.register_url) as engine:
        standing = {row["kind"] for row in alerts.open_alerts(engine)}
    found = [Gauge("cause", kind in standing, {"kind": kind}) for kind in KINDS]
    published = past.newest_date(Lake(settings.lake).root / "published")
    return found + (list(_of_day(read_results(settings.output / published), now.date())) if published else [])


def _of_day(results: dict[str, Any], today: date) -> Iterator[Gauge]:
    yield Gauge("published_age_days", _age(results["data_date"], today))
    for source, entry in sorted(results["sources"].items()):
        for column, outcome in ROWS.items():
            yield Gauge("rows", entry[column], {"source": source, "outcome": outcome})
        if entry["as_of"] is not None:
            yield Gauge("source_age_days", _age(entry["as_of"], today), {"source": source})
    for rule, counts in sorted(results["flags"].items()):
        for state, count in sorted(counts.items()):
            yield Gauge("flags", count, {"rule": rule, "state": state})
    for district, listed in sorted(results["worklists"].items()):
        yield Gauge("overdue", listed["due"]["overdue"], {"district": district})


def _age(day: str, today: date) -> int:
    return (today - date.fromisoformat(day)).days
