"""What answers say of each rule in each district: how often it was right, how long a visit takes, what is overdue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from lowincome.web import render
from lowincome.web.desk import Desk, open_desk
from lowincome.web.handbook import chapter
from lowincome.web.prepare import district_names
from lowincome.web.visitor import Visitor, may_open

router = APIRouter()
Reader = Annotated[Visitor, Depends(may_open("statistics"))]
Counted = Mapping[str, Any]
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
    desk = _desk(visitor)
    counted = desk.rows("statistic", ("statistic",)) if desk else []
    return render.page(
        visitor, "statistics.html", districts=desk.districts if desk else (), percent_from=PERCENT_FROM,
        by_rule=tally(counted, ("rule_id",)), by_district=tally(counted, ("rule_id", "district")))


@router.get("/rehearsal")
def show_rehearsal(visitor: Reader) -> HTMLResponse:
    """How a changed parameter is tried on past days before anybody decides on it."""
    read = chapter("rehearsal", visitor.language)
    return render.page(visitor, "handbook.html", title="rehearsal", back="statistics", chapter=read)


def tally(counted: Iterable[Counted], by: tuple[str, ...]) -> dict[tuple[str, ...], Figures]:
    """Figures of counted flags (grain: prepare/statistic.sql), in the order of what they are gathered by."""
    figures: dict[tuple[str, ...], Figures] = defaultdict(Figures)
    for row in counted:
        found, flags = figures[tuple(row[name] for name in by)], row["flags"]
        found.flags += flags
        _count_finding(found, row["finding"], flags)
        if row["waited"] is not None:
            found.waits[row["waited"]] += flags
        found.overdue += flags if row["is_overdue"] else 0
    return dict(sorted(figures.items()))


def _count_finding(figures: Figures, finding: str | None, flags: int) -> None:
    if finding == "confirmed":
        figures.confirmed += flags
    elif finding == "not_confirmed":
        figures.not_confirmed += flags
    elif finding is not None:
        figures.other += flags


def _desk(visitor: Visitor) -> Desk | None:
    """Counts hold no personal data: whoever supervises the whole is shown every district, and held lists count."""
    member = visitor.member
    if "statistics_of_all" in member.pages:
        member = replace(member, districts=tuple(district_names()))
    desk = open_desk(visitor.office, member)
    return desk.with_held() if desk else None
