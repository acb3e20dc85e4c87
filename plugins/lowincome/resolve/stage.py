"""Current records → identities in standard form → nodes → candidates → clusters → persons whose ids last.

Sets are SQL files, one a table; the model scores the few patterns of agreement; joining nodes is Python. The whole is
resolved every day: it costs seconds, and there is no second way that could give another partition.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from lowincome import engine
from lowincome.areas import area_codes
from lowincome.aside import aside
from lowincome.resolve import alphabet
from lowincome.resolve.clusters import clustered
from lowincome.resolve.model import Model, read_model
from lowincome.settings import INCLUDE

RECORDS = ("chosen_record", "current_record")
NAMES = ("name_standard",)
HOLDERS = ("id_holder_pair", "id_compared", "id_holding")
JUDGED = ("anchored_source", "record_anchor", "judged_record", "judged_pair", "own_node")
ANCHORS = ("anchor", "previous_anchor")
CANDIDATES = ("repaired_id", "candidate_pair", "located", "address_standard", "pair_side", "compared_pair")
EDGES = ("two_id_pair", "placed_pair", "subsidy_pair", "edge", "apart", "node_trait")
PERSONS = (
    "cluster",
    "cluster_member",
    "anchor_today",
    "lost_id",
    "cluster_person",
    "anchor_person",
    "person_link",
    "person_anchor",
    "person_event",
    "person_redirect",
    "person",
    "review_pair",
)
COMPARES = {"id_compared": "id_holder_pair", "compared_pair": "pair_side"}
VIEWS = ("chosen_record", "anchor", "previous_anchor", "cluster_member", "anchor_person")
KEPT = (
    "current_record",
    "name_standard",
    "compared_pair",
    "placed_pair",
    "person_link",
    "person",
    "person_anchor",
    "person_event",
    "person_redirect",
    "judged_pair",
    "review_pair",
)


def build(
    inputs: Mapping[str, engine.Input], run: pa.Table, out: Callable[[str], Path], model: Model | None = None
) -> dict[str, int]:
    """Write every table that is kept of this stage to `out(table)`; rows by table. `model`: else the shipped."""
    with aside("resolve") as folder:
        return Resolution(inputs, run, out, folder, model or read_model()).build()


class Resolution:
    """One run of the stage: what is known so far, and where each table goes."""

    def __init__(
        self,
        inputs: Mapping[str, engine.Input],
        run: pa.Table,
        out: Callable[[str], Path],
        folder: Path,
        model: Model,
    ) -> None:
        self.model, self.out, self.folder = model, out, folder
        self.known: dict[str, engine.Input] = {**inputs, "run": run, **lists(), "threshold": model.thresholds()}
        self.rows: dict[str, int] = {}

    def build(self) -> dict[str, int]:
        """All tables in order; rows of those that are kept."""
        self._write(RECORDS)
        self.known["current_record"] = engine.numbered(self.out("current_record"), "record_no")
        names = engine.query("select distinct name from current_record where name is not null", self.known)
        self.known["written_name"] = alphabet.same_characters(names.column("name").combine_chunks())
        self._write(NAMES, HOLDERS, JUDGED, ANCHORS, CANDIDATES)
        self._score()
        self._write(EDGES)
        self._join()
        self._write(PERSONS)
        return {table: self.rows[table] for table in KEPT}

    def _write(self, *groups: tuple[str, ...]) -> None:
        for table in (table for group in groups for table in group):
            pair = COMPARES.get(table)
            inputs = {**self.known, "pair": self.known[pair]} if pair else self.known
            sql = INCLUDE / "sql" / "resolve" / f"{'compared_pair' if pair else table}.sql"
            if table in VIEWS:
                self.known[table] = sql.read_text("utf-8")
                continue
            is_kept = table in KEPT
            path = self.out(table) if is_kept else self.folder / f"{table}.parquet"
            self.rows[table] = engine.run_sql(sql, inputs, path, engine.KEPT if is_kept else engine.SCRATCH)
            self.known[table] = [path]

    def _score(self) -> None:
        """The model sees each combination of levels once."""
        columns = ", ".join(self.model.attributes)
        distinct = engine.query(f"select distinct {columns} from compared_pair order by all", self.known)
        self.known["pattern"] = self.model.patterns(distinct)

    def _join(self) -> None:
        tables = (engine.query(f"select * from {table}", self.known) for table in ("edge", "apart", "node_trait"))
        self.known["node_cluster"] = clustered(*tables)


def lists() -> dict[str, pa.Table]:
    """Area codes of today and of every list since 1980, as text; how characters are read."""
    path = INCLUDE / "policy" / "area_code_history.csv"
    columns = ("area_code", "name", "first_listed", "last_listed")
    kinds = {column: pa.string() for column in columns}
    history = pacsv.read_csv(path, convert_options=pacsv.ConvertOptions(column_types=kinds))
    return {"area_code": area_codes(), "area_code_history": history, "syllable": alphabet.syllables()}
