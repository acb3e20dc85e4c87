"""Every rule as data: one page a rule in include/policy/rules, read strictly."""

import re
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from lowincome.rules.parameters import load_parameters
from lowincome.settings import INCLUDE
from lowincome.strict_yaml import LINE, check_keys, read_page, wrong

CRITERIA = INCLUDE / "sql" / "evaluate" / "criterion"
SOURCES = (
    "province_check", "city_check", "medical_insurance", "rural_revitalization", "disabled_federation",
    "assistance_roster",
)
OPTIONAL = ["observed", "message_open_zh", "message_open_en", "limbs"]
LANGUAGES = ("zh", "en")
LISTS = ("criteria", "parameters", "sources", "corrects")
ITEMS = re.compile(r"I0[1-7]|A0[1-7]|S0[1-9]")
"""The codes of checked items: income, property, status."""


@dataclass(frozen=True)
class Rule:
    """One rule: what it asks, of whom, by which law, and what a caseworker is told.

    `criteria` are files of include/sql/evaluate/criterion, joined by three-valued "and"; `observed` is the one whose
    figures stand on the flag; `sources` are those whose staleness holds the rule; `corrects` are the items whose hits
    are not believed once a caseworker finds the flag's data wrong; `limbs` are the cases of a criterion that holds in
    any of several, each with its code, its Chinese and its English words.
    """

    id: str
    version: int
    direction: str
    subject: str
    criteria: tuple[str, ...]
    observed: str | None
    parameters: tuple[str, ...]
    sources: tuple[str, ...]
    corrects: tuple[str, ...]
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str
    deadline_working_days: int
    legal_basis: str
    message_open_zh: str | None = None
    message_open_en: str | None = None
    limbs: tuple[tuple[str, str, str], ...] = ()

    def message(self, language: str, is_open: bool) -> str:
        """What a caseworker is told; `is_open`: what is known does not say yet whether that holds."""
        told, told_open = {
            "zh": (self.message_zh, self.message_open_zh), "en": (self.message_en, self.message_open_en)}[language]
        return (is_open and told_open) or told


def load_rules(folder: Path | None = None) -> list[Rule]:
    """Every rule by id; SettingsInvalid names the page and line of the first mistake."""
    return [load_rule(page) for page in sorted((folder or INCLUDE / "policy" / "rules").glob("*.yaml"))]


@cache
def rules() -> tuple[Rule, ...]:
    """The catalogue that ships, read once a process."""
    return tuple(load_rules())


def as_dicts() -> list[dict[str, Any]]:
    """The catalogue as plain data, for the stages that only show it."""
    return [asdict(rule) for rule in rules()]


def load_rule(page: Path) -> Rule:
    """One rule from its page; SettingsInvalid names the line of the first mistake."""
    content = read_page(page)
    names = [field.name for field in fields(Rule)]
    check_keys(page, content, [name for name in names if name not in OPTIONAL], OPTIONAL)
    for name in LISTS:
        if not isinstance(content[name], list):
            raise wrong(page, content[LINE], f"{name} is not a list")
    values: dict[str, Any] = {
        name: tuple(content[name]) if name in LISTS else content.get(name) for name in names
    }
    rule = Rule(**values | {"limbs": _limbs(page, content.get("limbs"))})
    _check(page, content[LINE], rule, _parameter_ids())
    return rule


def _limbs(page: Path, content: Any) -> tuple[tuple[str, str, str], ...]:
    """Code and words of each limb, in the order of the page."""
    limbs = {code: words for code, words in (content or {}).items() if code != LINE}
    for code, words in limbs.items():
        if not isinstance(words, list) or len(words) != len(LANGUAGES):
            raise wrong(page, content[LINE], f"limb {code} is not told in two languages", found=str(words))
    return tuple((code, *words) for code, words in limbs.items())


@cache
def _parameter_ids() -> frozenset[str]:
    return frozenset(parameter.id for parameter in load_parameters())


def _check(page: Path, line: int, rule: Rule, parameters: frozenset[str]) -> None:
    unknown: dict[str, list[Any]] = {
        "criterion": [name for name in rule.criteria if not (CRITERIA / f"{name}.sql").exists()],
        "observed": [rule.observed] if rule.observed not in (None, *rule.criteria) else [],
        "parameter": sorted(set(rule.parameters) - parameters),
        "source": sorted(set(rule.sources) - set(SOURCES)),
        "item": [item for item in rule.corrects if not ITEMS.fullmatch(str(item))],
        "id": [rule.id] if rule.id != page.stem else [],
        "direction": [rule.direction] if rule.direction not in ("A", "B", "Q") else [],
        "subject": [rule.subject] if rule.subject not in ("household", "person") else [],
        "version": [rule.version] if type(rule.version) is not int else [],
        "deadline": [rule.deadline_working_days]
        if type(rule.deadline_working_days) is not int or rule.deadline_working_days < 1 else [],
    }
    for what, found in unknown.items():
        if found:
            raise wrong(page, line, f"{what} is not allowed or not known", found=str(found[0]))
