"""The linkage model: for each level of agreement how often it occurs in one person, in one household, among strangers.

Fellegi and Sunter's model with three classes. With two, siblings who share surname, address and phone look like one
person; the class "same household" takes that evidence away. The numbers are data (include/linkage/model.yaml) that
`python -m lowincome estimate-linkage` counts anew, never silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from lowincome.settings import INCLUDE

SHIPPED = INCLUDE / "linkage" / "model.yaml"
UNKNOWN = "unknown"
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Model:
    """Weights by class, attribute and level; how many strangers and housemates a record has for each of its own."""

    version: int
    strangers: float
    housemates: float
    join: float
    stay: float
    review: float
    attributes: tuple[str, ...]
    weights: Mapping[str, Weights]

    def odds_same(self, levels: Mapping[str, str]) -> float:
        """Odds that two records are one person, given how their attributes agree."""
        same, household, stranger = (
            prod(
                self.weights[kind][attribute][levels[attribute]]
                for attribute in self.attributes
                if levels[attribute] != UNKNOWN
            )
            for kind in ("same", "household", "stranger")
        )
        return same / (self.housemates * household + self.strangers * stranger)

    def patterns(self, distinct: pa.Table) -> pa.Table:
        """Every combination of levels that occurs, in words and with its odds."""
        rows = distinct.to_pylist()
        words = [" ".join(f"{name}={row[name]}" for name in self.attributes) for row in rows]
        odds = pa.array([self.odds_same(row) for row in rows], pa.float64())
        return distinct.append_column("pattern", pa.array(words, pa.string())).append_column("odds_same", odds)

    def thresholds(self) -> pa.Table:
        """One row: from where on records are joined, stay joined, are put before a person."""
        return pa.table({"join_at": [self.join], "stay": [self.stay], "review": [self.review]})


def read_model(path: Path = SHIPPED) -> Model:
    """The model that the lock names."""
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return Model(**(content | {"attributes": tuple(content["attributes"])}))
