"""Where ids lead that no longer stand for a person or household, on a day that was assembled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from lowincome.lake import Lake, read_rows
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "household"
TABLES = (("resolved", "person_redirect", "person_id"), ("households", "household_redirect", "household_id"))


def leads_to(lake: Lake, data_date: date) -> dict[str, str]:
    """Id that stands for nobody on the day → the id that lives on. An id that is not here stands for itself."""
    found: dict[str, str] = {}
    for layer, table, column in TABLES:
        path = lake.partition(layer, table, data_date)
        rows = read_rows(path).to_pylist() if path.exists() else []
        found |= {row[column]: row["leads_to"] for row in rows}
    return found


def redirect_view() -> str:
    """The same as the view `redirect` (subject_id, leads_to) over the tables person_redirect and household_redirect."""
    return (SQL / "redirect.sql").read_text("utf-8")


def standing_flag_view() -> str:
    """Where open flags stand today as the view `standing_flag` over the table open_flag and the view `redirect`."""
    return (SQL / "standing_flag.sql").read_text("utf-8")


def are_one(ids: Iterable[str], leads_to: Mapping[str, str]) -> bool:
    """Whether all of these ids stand for one person or household."""
    return len({leads_to.get(one, one) for one in ids}) <= 1


def together(leads_to: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """By each id that is one with others, all of them and itself."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in leads_to.items():
        groups[other] |= {one, other}
    return {one: frozenset(group) for group in groups.values() for one in group}
