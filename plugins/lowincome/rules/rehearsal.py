"""What changed rules or parameters would do to past days: flags new, lost and changed, and visits. Enters nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.aside import aside
from lowincome.errors import SettingsInvalid
from lowincome.lake import read_rows
from lowincome.rules import catalogue, parameters, stage
from lowincome.rules.catalogue import Rule
from lowincome.rules.parameters import Parameter

Raised = dict[tuple[str, str], tuple[str, str]]
"""(rule, subject) → (certainty, district)."""


@dataclass(frozen=True)
class Law:
    """The parameters and rules that a rehearsal evaluates."""

    parameters: list[Parameter]
    rules: tuple[Rule, ...]

    def changed_by(self, pages: Iterable[Path]) -> "Law":
        """This law with some pages replaced; a page is told by its name: a rule's id or a parameter's."""
        law = self
        for page in pages:
            law = law._replaced(page)
        return law

    def _replaced(self, page: Path) -> "Law":
        if any(rule.id == page.stem for rule in self.rules):
            rule = catalogue.load_rule(page)
            return Law(self.parameters, tuple(rule if one.id == rule.id else one for one in self.rules))
        if any(one.id == page.stem for one in self.parameters):
            changed = parameters.load_parameter(page)
            return Law([changed if one.id == changed.id else one for one in self.parameters], self.rules)
        raise SettingsInvalid(what="the page is neither a parameter nor a rule that is known", where=page.name,
                              next_step="name the file after the parameter or rule that it replaces")


def law_in_force() -> Law:
    """The law that ships."""
    return Law(parameters.load_parameters(), catalogue.rules())


def raised(inputs: Mapping[str, engine.Input], run: pa.Table, law: Law) -> Raised:
    """The flags that a frozen day raises under a law, by rule and subject; held ones are not raised."""
    with aside("rehearsal") as folder:
        stage.build(inputs, run, lambda table: folder / f"{table}.parquet", law.parameters, law.rules)
        rows = read_rows(folder / "outcome.parquet").to_pylist()
    return {
        (row["rule_id"], row["person_id"] if row["subject"] == "person" else row["household_id"]):
            (row["outcome"], row["district"])
        for row in rows
        if not row["is_held"] and (
            row["outcome"] == "certain" or (row["outcome"] == "possible" and row["direction"] != "B"))
    }


def compare(day: date, before: Raised, after: Raised) -> list[dict[str, Any]]:
    """New, lost and changed (other certainty) flags of a day by rule and district."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for key in before.keys() | after.keys():
        kind = "new" if key not in before else "lost" if key not in after else "changed"
        if kind != "changed" or before[key][0] != after[key][0]:
            district = (after.get(key) or before[key])[1]
            counts[key[0], district, kind] += 1
    places = sorted({(rule, district) for rule, district, _ in counts})
    return [
        {"data_date": day, "rule_id": rule, "district": district,
         **{kind: counts[rule, district, kind] for kind in ("new", "lost", "changed")}}
        for rule, district in places
    ]


def visits(listed: Raised, today: Raised) -> int:
    """Subjects to visit that were not on the list before."""
    return len({subject for _, subject in today} - {subject for _, subject in listed})
