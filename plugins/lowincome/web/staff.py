"""Who may see what: Airflow knows who somebody is, a page of YAML says their districts.

Their roles are Airflow's where its auth manager keeps roles of its own (FAB), and the page's where it does not: one of
the two, never both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lowincome.errors import SettingsInvalid
from lowincome.web.prepare import district_names

ROLES: Mapping[str, frozenset[str]] = {
    "caseworker": frozenset({"worklist", "answers", "reveal", "statistics"}),
    "supervisor": frozenset({"worklist", "answers", "statistics", "validation"}),
    "reviewer": frozenset({"linkage"}),
    "auditor": frozenset({"worklist", "statistics", "statistics_of_all", "validation", "evidence", "exact_keys",
                          "access"}),
    "engineer": frozenset({"validation", "evidence", "health"}),
    "administrator": frozenset(),
}
"""What each opens. `exact_keys`: evidence in which a source's numbers stand as they are, even where one is an ID."""
NO_PAGE_BESIDE = "administrator"
"""Whoever gives others their rights sees no case, whatever other roles they hold."""


@dataclass(frozen=True)
class Member:
    """One person of the staff: the Airflow user name, what pages they may open, and whose households they may see."""

    name: str
    pages: frozenset[str]
    districts: tuple[str, ...]

    @property
    def says_why(self) -> bool:
        """Whether they look at cases that are not their own work, and must say why before they see one."""
        return "worklist" in self.pages and "answers" not in self.pages


def find_member(page: Path, user_name: str, roles: frozenset[str] | None = None) -> Member | None:
    """The staff member of an Airflow user; None for one without a role. SettingsInvalid for a wrong page.

    roles: those that Airflow keeps for the user, also of other things than these pages; None when it keeps none and
    the page has to say them.
    """
    entries = _read(page, page.stat().st_mtime_ns, roles is None) if page.exists() else {}
    entry = entries.get(user_name)
    known = frozenset(ROLES) & (roles if roles is not None else frozenset(entry["roles"] if entry else ()))
    if not known:
        return None
    return Member(user_name, _pages(known), entry["districts"] if entry else ())


def _pages(roles: frozenset[str]) -> frozenset[str]:
    return frozenset() if NO_PAGE_BESIDE in roles else frozenset[str]().union(*(ROLES[role] for role in roles))


@lru_cache(maxsize=4)
def _read(page: Path, changed: int, has_roles: bool) -> dict[str, dict[str, Any]]:
    content = yaml.safe_load(page.read_text("utf-8")) or {}
    if not isinstance(content, dict):
        raise _wrong(page, "the page is not a table of user names")
    return {str(name): _entry(page, str(name), entry, has_roles) for name, entry in content.items()}


def _entry(page: Path, name: str, entry: Any, has_roles: bool) -> dict[str, Any]:
    """Roles and districts of a user as the page has them; roles belong there only if Airflow keeps none."""
    if not isinstance(entry, dict) or set(entry) - {"roles", "districts"}:
        raise _wrong(page, f"{name} may have `roles` and `districts`, nothing else")
    if not has_roles and "roles" in entry:
        raise _wrong(page, f"{name} has `roles`, which Airflow's auth manager keeps", "`districts` alone")
    roles = entry.get("roles") if has_roles else []
    if not isinstance(roles, list):
        raise _wrong(page, f"{name} needs `roles`, a list")
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise _wrong(page, f"{name} has unknown roles", f"one of {', '.join(ROLES)}", ", ".join(map(str, unknown)))
    return {"roles": roles, "districts": _districts(page, name, entry.get("districts", []))}


def _districts(page: Path, name: str, asked: Any) -> tuple[str, ...]:
    """`all` is every district and the unknown area; a code is six digits in quotes."""
    if asked == "all":
        return tuple(district_names())
    if not isinstance(asked, list) or any(code not in district_names() for code in asked):
        raise _wrong(page, f"{name} has an unknown district", "`all` or codes of include/policy/district.csv in quotes")
    return tuple(sorted(set(asked)))


def _wrong(page: Path, what: str, expected: str = "", found: str = "") -> SettingsInvalid:
    return SettingsInvalid(what=what, where=page.name, expected=expected, found=found, next_step="correct the page")
