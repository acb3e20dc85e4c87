"""Who may see what: Airflow knows who somebody is, this page of YAML says their roles and districts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lowincome.errors import SettingsInvalid
from lowincome.web.prepare import district_names

ROLES: Mapping[str, frozenset[str]] = {
    "caseworker": frozenset({"worklist", "statistics"}),
    "supervisor": frozenset({"worklist", "statistics", "validation"}),
    "reviewer": frozenset({"linkage"}),
    "auditor": frozenset({"statistics", "statistics_of_all", "validation", "evidence", "access"}),
    "engineer": frozenset({"validation", "evidence", "health"}),
}


@dataclass(frozen=True)
class Member:
    """One person of the staff: the Airflow user name, what pages they may open, and whose households they may see."""

    name: str
    pages: frozenset[str]
    districts: tuple[str, ...]


def find_member(page: Path, user_name: str) -> Member | None:
    """The staff member of an Airflow user; None when the page does not name them. SettingsInvalid for a wrong page."""
    changed = page.stat().st_mtime_ns if page.exists() else None
    return None if changed is None else _read(page, changed).get(user_name)


@lru_cache(maxsize=4)
def _read(page: Path, changed: int) -> dict[str, Member]:
    content = yaml.safe_load(page.read_text("utf-8")) or {}
    if not isinstance(content, dict):
        raise _wrong(page, "the page is not a table of user names")
    return {str(name): _member(page, str(name), entry) for name, entry in content.items()}


def _member(page: Path, name: str, entry: Any) -> Member:
    if not isinstance(entry, dict) or set(entry) - {"roles", "districts"} or not isinstance(entry.get("roles"), list):
        raise _wrong(page, f"{name} needs `roles` (a list) and may have `districts`, nothing else")
    unknown = [role for role in entry["roles"] if role not in ROLES]
    if unknown:
        raise _wrong(page, f"{name} has unknown roles", f"one of {', '.join(ROLES)}", ", ".join(map(str, unknown)))
    pages = frozenset[str]().union(*(ROLES[role] for role in entry["roles"]))
    return Member(name, pages, _districts(page, name, entry.get("districts", [])))


def _districts(page: Path, name: str, asked: Any) -> tuple[str, ...]:
    """`all` is every district and the unknown area; a code is six digits in quotes."""
    if asked == "all":
        return tuple(district_names())
    if not isinstance(asked, list) or any(code not in district_names() for code in asked):
        raise _wrong(page, f"{name} has an unknown district", "`all` or codes of include/policy/district.csv in quotes")
    return tuple(sorted(set(asked)))


def _wrong(page: Path, what: str, expected: str = "", found: str = "") -> SettingsInvalid:
    return SettingsInvalid(what=what, where=page.name, expected=expected, found=found, next_step="correct the page")
