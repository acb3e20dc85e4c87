"""Every rule as data: one page a rule in include/policy/rules, read strictly."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE


@dataclass(frozen=True)
class Rule:
    """One rule: what it asks, of whom, by which law, and what a caseworker is told."""

    id: str
    version: int
    direction: str
    subject: str
    criteria: tuple[str, ...]
    parameters: tuple[str, ...]
    sources: tuple[str, ...]
    threshold: int | None
    unit: str | None
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str
    deadline_working_days: int
    legal_basis: str


def load_rules(folder: Path | None = None) -> list[Rule]:
    """Every rule by id; SettingsInvalid names the page with an unknown or missing key or a wrong value."""
    return [_load(page) for page in sorted((folder or INCLUDE / "policy" / "rules").glob("*.yaml"))]


def as_dicts() -> list[dict[str, Any]]:
    """The catalogue as plain data, for the stages that only show it."""
    return [asdict(rule) for rule in load_rules()]


def _load(page: Path) -> Rule:
    content = yaml.safe_load(page.read_text("utf-8"))
    try:
        for key in ("criteria", "parameters", "sources"):
            content[key] = tuple(content[key])
        rule = Rule(**content)
    except (TypeError, KeyError) as error:
        raise SettingsInvalid(
            what=f"the rule page cannot be read ({error})", where=page.name, next_step="correct the page"
        ) from error
    is_right = rule.id == page.stem and rule.direction in ("A", "B", "Q") and rule.subject in ("household", "person")
    if not is_right or isinstance(rule.deadline_working_days, bool) or rule.deadline_working_days < 1:
        raise SettingsInvalid(
            what="id, direction, subject or deadline is not allowed", where=page.name, next_step="correct the page"
        )
    return rule
