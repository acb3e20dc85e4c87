"""What of two records is compared, as data: the levels of each attribute and the SQL that finds them.

The engine knows no attribute by name: another kind of record is another page and its SQL files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lowincome import engine
from lowincome.settings import INCLUDE

SHIPPED = INCLUDE / "linkage" / "comparison.yaml"
SQL = INCLUDE / "sql"


@dataclass(frozen=True)
class Comparison:
    """A comparison set. The last of `tables` has a row a pair: left_key, right_key and every attribute's level.

    `labels` by class and attribute: the label of the pairs from which that weight is counted; else the class's own.
    """

    levels: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Path]
    labelled: Path
    labels: Mapping[str, Mapping[str, str]]

    def label(self, kind: str, attribute: str) -> str:
        """Which labelled pairs tell how often an attribute's levels occur in a class."""
        return self.labels.get(kind, {}).get(attribute, kind)

    def compare(self, pairs: Path, known: Mapping[str, engine.Input], folder: Path) -> dict[str, engine.Input]:
        """`known` with candidate_pair, found by the SQL file `pairs`, and every table; they are kept in `folder`."""
        tables = dict(known)
        for table, sql in {"candidate_pair": pairs, **self.tables}.items():
            engine.run_sql(sql, tables, folder / f"{table}.parquet", engine.SCRATCH)
            tables[table] = [folder / f"{table}.parquet"]
        return tables


def read_comparison(path: Path = SHIPPED, sql: Path = SQL) -> Comparison:
    """A comparison set from its page; the SQL files that it names lie under `sql`."""
    page: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return Comparison(
        levels={attribute: tuple(levels) for attribute, levels in page["levels"].items()},
        tables={table: sql / name for table, name in page["tables"].items()},
        labelled=sql / page["labelled"],
        labels=page["labels"],
    )
