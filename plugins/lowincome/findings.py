"""What a caseworker can find at the door, and what each finding does to the item (include/policy/findings.yaml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import yaml

from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE
from lowincome.working_days import due_date

EFFECTS = ("keep", "close", "snooze")


@dataclass(frozen=True)
class Finding:
    """One finding; `working_days` is how long it snoozes an item, counted from the visit.

    `correction_months` is how long it corrects the facts that its rule reads, from the visit; None corrects nothing.
    """

    id: str
    zh: str
    en: str
    effect: str
    working_days: int | None
    correction_months: int | None = None

    @property
    def label(self) -> str:
        """As the worklist's drop-down offers it."""
        return f"{self.zh} {self.en}"

    @property
    def written_as(self) -> tuple[str, str, str]:
        """How caseworkers write it: chosen from the list, or typed in either language."""
        return self.label, self.zh, self.en

    def until(self, visited_on: date) -> date | None:
        """The last day on which a snoozed item is off the list; None where nothing is snoozed."""
        return due_date(visited_on, self.working_days) if self.working_days else None


def is_set_aside(finding: str | None, visited_on: date | None, data_date: date) -> bool:
    """Whether an answer keeps its flag off the day's lists: closed by it, or snoozed until later; None is no answer."""
    if finding is None or visited_on is None:
        return False
    found = findings()[finding]
    until = found.until(visited_on)
    return found.effect == "close" or (until is not None and until >= data_date)


def misdated(visited_on: date, *, first_seen: date = date.min, today: date = date.max) -> str | None:
    """What is wrong with the day of a visit, as a key of include/messages/answers.yaml; None where nothing is.

    Nobody visits after today, nor for a flag before the day on which it was first seen. A bound left out is not asked.
    """
    if visited_on > today:
        return "future_date"
    return "early_date" if visited_on < first_seen else None


@cache
def findings() -> dict[str, Finding]:
    """Every finding by id; SettingsInvalid when the page is not well formed."""
    page = yaml.safe_load((INCLUDE / "policy" / "findings.yaml").read_text("utf-8"))
    try:
        known = {name: Finding(name, **content) for name, content in page.items()}
    except TypeError as error:
        raise SettingsInvalid(
            what=f"a finding cannot be read ({error})", where="findings.yaml", next_step="correct the page"
        ) from error
    wrong = [f.id for f in known.values() if f.effect not in EFFECTS or (f.effect == "snooze") != bool(f.working_days)]
    if wrong:
        raise SettingsInvalid(
            what="effect or working_days is not allowed", where="findings.yaml", found=", ".join(wrong),
            next_step="snooze needs working_days, the others must not have any",
        )
    return known
