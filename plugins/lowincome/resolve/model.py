"""The linkage model: for each level of agreement how often it occurs in one person, in one household, among strangers.

Fellegi and Sunter's model with three classes. With two, siblings who share surname, address and phone look like one
person; the class "same household" takes that evidence away. The numbers are data (include/linkage/model.yaml) that
`python -m lowincome estimate-linkage` counts anew, never silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path

import pyarrow as pa
import yaml

from lowincome.settings import INCLUDE

SHIPPED = INCLUDE / "linkage" / "model.yaml"
SAME = "same"
UNKNOWN = "unknown"
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Model:
    """Weights by class, attribute and level. `rivals`: the classes beside "same", and how many pairs of each a record
    has for each of its own."""

    version: int
    rivals: Mapping[str, float]
    join: float
    stay: float
    review: float
    weights: Mapping[str, Weights]

    @property
    def attributes(self) -> tuple[str, ...]:
        """What is compared, in the order in which it is told."""
        return tuple(self.weights[SAME])

    def odds_same(self, levels: Mapping[str, str]) -> float:
        """Odds that two records are one person, given how their attributes agree."""
        others = sum(number * self._likelihood(kind, levels) for kind, number in self.rivals.items())
        return self._likelihood(SAME, levels) / others

    def _likelihood(self, kind: str, levels: Mapping[str, str]) -> float:
        """How often these levels occur together in a class; what a side does not say is left out."""
        weights = self.weights[kind]
        return prod(weights[name][levels[name]] for name in self.attributes if levels[name] != UNKNOWN)

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
    return Model(**yaml.safe_load(path.read_text("utf-8")))
