"""A world through the pipeline's own steps, from standardised partitions to the register."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome import ingest, schema, steps
from lowincome.lake import Lake, digest
from lowincome.settings import INCLUDE
from lowincome.sources.spec import registry
from lowincome.sources.standardise import source_day

from tests.oracle.arrivals import Arrivals
from tests.oracle.day import SOURCES, Day, Row
from tests.oracle.worlds import Delivery

STAGES = (steps.freeze, steps.resolve, steps.assemble, steps.evaluate, steps.register)


@dataclass
class Pipeline:
    """One lake, day after day; remembers what each source last delivered, as the oracle needs it too."""

    lake: Lake
    arrivals: Arrivals = field(default_factory=Arrivals)

    def run(self, delivery: Delivery) -> None:
        """Deliver, and run the day."""
        for source in SOURCES:
            if source in delivery.rows:
                self._deliver(source, delivery.date, delivery.rows[source])
            else:
                ingest.missing(source, delivery.date.isoformat(), "did not come")
        self.arrivals.take(delivery)
        for stage in STAGES:
            stage(delivery.date.isoformat())

    def _deliver(self, source: str, day: date, tables: dict[str, list[Row]]) -> None:
        entries = {}
        for name in [table.name for table in registry()[source].tables] + ["rejected_record"]:
            path = self.lake.partition("standardised", name, day, source)
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(tables.get(name, []), schema.TABLES[name]), path)
            rows = len(tables.get(name, []))
            entries[name] = {"path": str(path.relative_to(self.lake.root)), "sha256": digest(path), "rows": rows}
        source_day.write(self.lake, source_day.SourceDay(source, day, tables=entries))

    def day(self, on: date) -> Day:
        """The same day as the oracle sees it; identities of records are the pipeline's."""
        links = self.table("resolved", "person_link", on)
        return self.arrivals.day(on, {row["record_key"]: row["person_id"] for row in links})

    def table(self, layer: str, name: str, on: date) -> list[Row]:
        """Rows of a built table."""
        rows: list[dict[str, Any]] = pq.read_table(self.lake.partition(layer, name, on)).to_pylist()
        return rows


def start(home: Path) -> Pipeline:
    """An empty lake; the environment must already point LOWINCOME_HOME to `home`."""
    return Pipeline(Lake(home / "lake"))


def judged_rules() -> set[str]:
    """Rules that have a page."""
    return {path.stem for path in (INCLUDE / "policy" / "rules").glob("*.yaml")}
