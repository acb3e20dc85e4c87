"""One district's list of one day, before anything is written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from lowincome.deliver.items import Flag, Item, gather, is_answered
from lowincome.deliver.wording import Rules


@dataclass(frozen=True)
class Worklist:
    """`day` is the frozen day as readers see it; `held_because` is set while the list waits for a person's release."""

    code: str
    district: str
    recipient: str
    day: dict[str, Any]
    rules: Rules
    flags: tuple[Flag, ...]
    held_because: str | None = None

    @property
    def data_date(self) -> date:
        """The day that the list describes."""
        return date.fromisoformat(self.day["data_date"])

    @cached_property
    def items(self) -> list[Item]:
        """The rows of the list, in order; none while it is held."""
        return [] if self.held_because else gather(self.flags, self.rules, self.data_date)

    @cached_property
    def answered(self) -> list[Flag]:
        """Open flags that a finding keeps off the list, by rule."""
        flags = [flag for flag in self.flags if flag["state"] != "closed" and is_answered(flag, self.data_date)]
        return sorted(flags, key=lambda flag: (flag["rule_id"], flag["flag_id"]))

    @property
    def closed(self) -> list[Flag]:
        """Flags that closed on the day, by rule."""
        flags = [flag for flag in self.flags if flag["state"] == "closed"]
        return sorted(flags, key=lambda flag: (flag["rule_id"], flag["flag_id"]))

    @property
    def counts(self) -> Counter[str]:
        """Flags of the district by state, closed ones too."""
        return Counter(flag["state"] for flag in self.flags)

    @property
    def assumptions(self) -> list[str]:
        """Parameters used that are assumptions or older than a year."""
        named = {name for flag in self.flags for name in (flag["assumptions"] or "").split("|")}
        return sorted(named - {""})
