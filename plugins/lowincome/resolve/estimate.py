"""Counts the model's weights from pairs that valid IDs already label: no clerical sample, no guessing, never silent."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from lowincome import engine
from lowincome.resolve.comparison import Comparison
from lowincome.resolve.model import SAME, UNKNOWN, Model

SAME_FLOOR = 0.001
"""One in a thousand records of a person may differ in any way: records with a valid ID are the tidy ones."""

HEAD = """\
# Weights of linkage: how often a level of agreement occurs in one person, in one household, among strangers.
# Counted by 'python -m lowincome estimate-linkage' from pairs that valid IDs label; every change is a new version.
"""

Counts = Mapping[tuple[str, str], int]


def estimate(known: Mapping[str, engine.Input], folder: Path, comparison: Comparison, before: Model) -> Model:
    """A new version of a model from the labelled pairs of a day; scratch tables go to `folder`."""
    tables = comparison.compare(comparison.labelled, known, folder)
    counted = {attribute: _count(tables, attribute) for attribute in comparison.levels}
    weights = {
        kind: {
            attribute: _shares(counted[attribute], comparison.label(kind, attribute), levels, floor)
            for attribute, levels in comparison.levels.items()
        }
        for kind, floor in {SAME: SAME_FLOOR, **dict.fromkeys(before.rivals, 0.0)}.items()
    }
    return replace(before, version=before.version + 1, weights=weights)


def write_model(model: Model, path: Path) -> None:
    """Write a model as the page that `read_model` reads."""
    path.write_text(HEAD + yaml.safe_dump(asdict(model), sort_keys=False, allow_unicode=True), "utf-8")


def _count(tables: Mapping[str, engine.Input], attribute: str) -> Counts:
    sql = f"""
        select labelled.kind, compared.{attribute} as level, count(*) as n
        from compared
        inner join candidate_pair as labelled
            on compared.left_key = labelled.left_key and compared.right_key = labelled.right_key
        where compared.{attribute} <> '{UNKNOWN}' group by all
    """
    rows: list[dict[str, Any]] = engine.query(sql, tables).to_pylist()
    return {(row["kind"], row["level"]): row["n"] for row in rows}


def _shares(counts: Counts, label: str, levels: tuple[str, ...], floor: float) -> dict[str, float]:
    """Shares of the levels; half a pair is added to each, for a level that was never seen is not impossible."""
    raw = {level: counts.get((label, level), 0) + 0.5 for level in levels}
    total = sum(raw.values())
    return {level: float(f"{max(count / total, floor):.4g}") for level, count in raw.items()}
