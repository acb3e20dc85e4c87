"""From flags to items of work: one household (or a person without one), its rules gathered, new and grave first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml

from lowincome.deliver.columns import labels
from lowincome.findings import is_set_aside
from lowincome.settings import INCLUDE
from lowincome.working_days import due_date

Flag = dict[str, Any]
CERTAINTIES = ("certain", "possible", "unknown")
"""Strongest first."""
NO_TOWNSHIP, LAST = "街镇不详", "999999999"


@dataclass(frozen=True)
class Item:
    """One row of a worklist. `flags` still ask for work; `ended` closed today."""

    item_id: str
    township: str
    township_code: str
    state: str
    due: date
    flags: tuple[Flag, ...]
    ended: tuple[Flag, ...]

    @property
    def labels(self) -> list[str]:
        """How the row calls each of its flags."""
        return labels([flag["rule_id"] for flag in self.flags])

    @property
    def certainty(self) -> str:
        """The strongest certainty among its rules."""
        return str(min((flag["certainty"] for flag in self.flags), key=CERTAINTIES.index))

    @property
    def first_seen(self) -> date:
        """When the oldest of its rules was first flagged."""
        days: list[date] = [flag["first_seen"] for flag in self.flags]
        return min(days)

    @property
    def is_verified(self) -> bool:
        """Whether every rule of it was confirmed at the door and now waits for the decision."""
        return all(flag["finding"] == "confirmed" for flag in self.flags)


def is_answered(flag: Flag, data_date: date) -> bool:
    """Whether a finding keeps the flag off the day's list: closed by it, or snoozed until later."""
    return is_set_aside(flag["finding"], flag["visited_on"], data_date)


def gather(flags: Iterable[Flag], rules: dict[str, dict[str, Any]], data_date: date) -> list[Item]:
    """Items of one district in the order of work: new first, then by township, consequence, certainty and due date."""
    by_item: dict[str, list[Flag]] = defaultdict(list)
    for flag in flags:
        by_item[flag["item_id"]].append(flag)
    items = [_item(item_id, own, rules, data_date) for item_id, own in by_item.items()]
    return sorted((item for item in items if item.flags), key=_order)


def _item(item_id: str, flags: Sequence[Flag], rules: dict[str, dict[str, Any]], data_date: date) -> Item:
    asking = [flag for flag in flags if flag["state"] != "closed" and not is_answered(flag, data_date)]
    asking.sort(key=lambda flag: (_tier(flag["rule_id"]), flag["rule_id"], flag["flag_id"]))
    states = {flag["state"] for flag in asking}
    code, township = min((f["township_code"] or LAST, f["township"] or NO_TOWNSHIP) for f in flags)
    dues = [due_date(flag["first_seen"], rules[flag["rule_id"]]["deadline_working_days"]) for flag in asking]
    return Item(
        item_id=item_id,
        township=township,
        township_code=code,
        state=next((state for state in ("new", "open", "held") if state in states), "closed"),
        due=min(dues, default=date.max),
        flags=tuple(asking),
        ended=tuple(flag for flag in flags if flag["state"] == "closed"),
    )


def _order(item: Item) -> tuple[Any, ...]:
    return (
        item.state != "new",
        item.township_code,
        item.is_verified,
        min(_tier(flag["rule_id"]) for flag in item.flags),
        CERTAINTIES.index(item.certainty),
        item.due,
        item.item_id,
    )


def _tier(rule_id: str) -> int:
    return _tiers()[rule_id]


@cache
def _tiers() -> dict[str, int]:
    """Consequence of each rule, 0 the gravest (include/policy/worklist_order.yaml)."""
    page = yaml.safe_load((INCLUDE / "policy" / "worklist_order.yaml").read_text("utf-8"))
    return {rule: tier for tier, rules in enumerate(page) for rule in rules}
