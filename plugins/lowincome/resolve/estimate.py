"""Counts the model's weights from pairs that valid IDs already label: no clerical sample, no guessing, never silent."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from lowincome import engine
from lowincome.resolve.model import UNKNOWN, Model
from lowincome.resolve.stage import lists
from lowincome.settings import INCLUDE

LEVELS = {
    "name": ("exact", "compatible", "near", "surname", "different"),
    "birth": ("exact", "near", "different"),
    "sex": ("same", "different"),
    "phone": ("same", "different"),
    "address": ("same", "different"),
    "mate": ("shared", "apart"),
    "id": ("near", "far"),
}
CLASSES = ("same", "household", "stranger")
SAME_FLOOR = 0.001
"""One in a thousand records of a person may differ in any way: records with a valid ID are the tidy ones."""


NODES = "select record_key, id_no as node_key, null as holding, birth_on, sex_known as sex from identity"


def estimate(known: Mapping[str, engine.Input], folder: Path, before: Model) -> Model:
    """A new version of the model from the identities of a day; scratch tables go to `folder`."""
    tables: dict[str, engine.Input] = {**known, **lists(), "node": engine.query(NODES, known)}
    for table, sql in (
        ("candidate_pair", "linkage/labelled_pair"),
        ("located", "resolve/located"),
        ("address_standard", "resolve/address_standard"),
        ("pair", "resolve/pair_side"),
        ("compared", "resolve/compared_pair"),
    ):
        engine.run_sql(INCLUDE / "sql" / f"{sql}.sql", tables, folder / f"{table}.parquet")
        tables[table] = [folder / f"{table}.parquet"]
    return replace(before, version=before.version + 1, weights=_weights(tables))


HEAD = """\
# Weights of linkage: how often a level of agreement occurs in one person, in one household, among strangers.
# Counted by 'python -m lowincome estimate-linkage' from pairs that valid IDs label; every change is a new version.
"""


def write_model(model: Model, path: Path) -> None:
    """Write a model as the page that `read_model` reads."""
    content = asdict(model) | {"attributes": list(model.attributes)}
    path.write_text(HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def _weights(tables: Mapping[str, engine.Input]) -> dict[str, dict[str, dict[str, float]]]:
    counted = {attribute: _count(tables, attribute) for attribute in LEVELS}
    return {
        kind: {
            attribute: _shares(counted[attribute], "slip" if (kind, attribute) == ("same", "id") else kind, attribute)
            for attribute in LEVELS
        }
        for kind in CLASSES
    }


def _count(tables: Mapping[str, engine.Input], attribute: str) -> dict[tuple[str, str], int]:
    sql = f"""
        select labelled.kind, compared.{attribute} as level, count(*) as n
        from compared
        inner join candidate_pair as labelled
            on compared.left_key = labelled.left_key and compared.right_key = labelled.right_key
        where compared.{attribute} <> '{UNKNOWN}' group by all
    """
    rows: list[dict[str, Any]] = engine.query(sql, tables).to_pylist()
    return {(row["kind"], row["level"]): row["n"] for row in rows}


def _shares(counts: Mapping[tuple[str, str], int], kind: str, attribute: str) -> dict[str, float]:
    """Shares of the levels; half a pair is added to each, for a level that was never seen is not impossible."""
    raw = {level: counts.get((kind, level), 0) + 0.5 for level in LEVELS[attribute]}
    total = sum(raw.values())
    least = SAME_FLOOR if kind in ("same", "slip") else 0
    return {level: float(f"{max(count / total, least):.4g}") for level, count in raw.items()}
