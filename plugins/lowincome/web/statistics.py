"""What answers say of each rule in each district: how often it was right, how long a visit takes, what is overdue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from lowincome.web import render
from lowincome.web.handbook import chapter
from lowincome.web.prepare import district_names
from lowincome.web.visitor import Visitor, may_open
from lowincome.working_days import due_date, working_days_between

router = APIRouter()
Reader = Annotated[Visitor, Depends(may_open("statistics"))]
Group = Mapping[str, Any]
DAYS = 365
"""How far back flags are counted; those still open are counted however old they are."""
PERCENT_FROM = 5
"""Answers below which a percentage would say more than is known."""
ADVICE_FROM = 20
"""Answers from which a rule that is often wrong is worth a rehearsal; an assumption of this project."""
ADVICE_BELOW = 50
"""Percent of answers confirmed; an assumption of this project."""


@dataclass
class Figures:
    """Counts of flags. waits: working days from first seen to the first visit → how many flags waited so long."""

    flags: int = 0
    confirmed: int = 0
    not_confirmed: int = 0
    other: int = 0
    overdue: int = 0
    waits: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def decided(self) -> int:
        """Flags whose newest finding says whether the rule was right."""
        return self.confirmed + self.not_confirmed

    @property
    def precision(self) -> int | None:
        """Percent confirmed of those decided, halves up; None where they are too few."""
        if self.decided < PERCENT_FROM:
            return None
        return (200 * self.confirmed + self.decided) // (2 * self.decided)

    @property
    def visited(self) -> int:
        """Flags that somebody went for."""
        return sum(self.waits.values())

    @property
    def usual_wait(self) -> int | None:
        """Working days within which half of the visits took place (the lower median); None without a visit."""
        seen = 0
        for days, flags in sorted(self.waits.items()):
            seen += flags
            if 2 * seen >= self.visited:
                return days
        return None

    @property
    def needs_rehearsal(self) -> bool:
        """Whether the answers advise to try other parameters: enough of them, and most say no."""
        return self.decided >= ADVICE_FROM and 100 * self.confirmed < ADVICE_BELOW * self.decided


@router.get("/statistics")
def show_statistics(visitor: Reader) -> HTMLResponse:
    """Figures by rule, and by rule and district, of the visitor's districts; an auditor sees every district."""
    today = visitor.office.now().date()
    since, districts = today - timedelta(days=DAYS), _districts(visitor)
    groups = visitor.office.answers.groups(districts, since)
    deadlines = {rule["id"]: rule["deadline_working_days"] for rule in visitor.office.rules}
    return render.page(
        visitor, "statistics.html", since=since, districts=districts, percent_from=PERCENT_FROM,
        by_rule=tally(groups, ("rule_id",), deadlines, today),
        by_district=tally(groups, ("rule_id", "district"), deadlines, today))


@router.get("/rehearsal")
def show_rehearsal(visitor: Reader) -> HTMLResponse:
    """How a changed parameter is tried on past days before anybody decides on it."""
    return render.page(visitor, "handbook.html", title="rehearsal", back="statistics", body=chapter("rehearsal"))


def tally(
    groups: Iterable[Group], by: tuple[str, ...], deadlines: Mapping[str, int], today: date
) -> dict[tuple[str, ...], Figures]:
    """Figures of groups of flags (grain: register/statistics.py), in the order of what they are counted by."""
    figures: dict[tuple[str, ...], Figures] = defaultdict(Figures)
    is_over = cache(lambda first_seen, working_days: due_date(first_seen, working_days) < today)
    for group in groups:
        found, flags = figures[tuple(group[name] for name in by)], group["flags"]
        found.flags += flags
        _count_finding(found, group["finding"], flags)
        if group["visited_on"] is not None:
            found.waits[working_days_between(group["first_seen"], group["visited_on"])] += flags
        deadline = deadlines.get(group["rule_id"])
        if group["is_open"] and group["finding"] is None and deadline and is_over(group["first_seen"], deadline):
            found.overdue += flags
    return dict(sorted(figures.items()))


def _count_finding(figures: Figures, finding: str | None, flags: int) -> None:
    if finding == "confirmed":
        figures.confirmed += flags
    elif finding == "not_confirmed":
        figures.not_confirmed += flags
    elif finding is not None:
        figures.other += flags


def _districts(visitor: Visitor) -> tuple[str, ...]:
    """Counts hold no personal data: whoever supervises the whole is shown every district."""
    return tuple(district_names()) if "statistics_of_all" in visitor.member.pages else visitor.member.districts
