"""How well links agree with a truth: over pairs, whole persons, kinds of corruption, persons who must stay apart."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from lowincome import engine
from lowincome.errors import ContractBroken
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "linkage"
QUALITIES = ("quality", "quality_by_kind", "must_not_merge")
TRUTH = ("record_key", "person_no", "kind")
APART = ("person_no", "other_no", "kind")
NOBODY = pa.table({name: pa.array([], pa.string()) for name in APART})
Rows = list[dict[str, Any]]


def evaluate(truth: engine.Input, link: engine.Input, apart: engine.Input = NOBODY) -> dict[str, Rows]:
    """Overall, by kind of corruption, and by reason to stay apart.

    truth: record_key, person_no, kind; a record that no link names counts as missed. link: record_key, person_id;
    records that the truth does not tell are left out. apart: person_no, other_no, kind; who must not be one person.
    """
    tables: dict[str, engine.Input] = {"truth": truth, "link": link, "apart": apart}
    tables["truth_link"] = engine.query(SQL / "truth_link.sql", tables)
    return {name: engine.query(SQL / f"{name}.sql", tables).to_pylist() for name in QUALITIES}


def read_truth(path: Path) -> pa.Table:
    """A CSV of record_key, person_no, kind; one row a record, nothing empty. ContractBroken otherwise."""
    table = _read(path, TRUTH)
    if not table.num_rows:
        raise ContractBroken(what="a truth without records", where=path.name)
    again = table.num_rows - pc.count_distinct(table["record_key"]).as_py()
    if again:
        raise ContractBroken(what="records that are told twice", where=path.name, found=str(again))
    return table


def read_apart(path: Path, truth: pa.Table) -> pa.Table:
    """A CSV of person_no, other_no, kind; both persons are of the truth. ContractBroken otherwise."""
    table = _read(path, APART)
    told = truth["person_no"]
    strange = sum(pc.sum(pc.invert(pc.is_in(table[side], told))).as_py() or 0 for side in APART[:2])
    if strange:
        raise ContractBroken(what="persons of whom the truth has no record", where=path.name, found=str(strange))
    return table


def _read(path: Path, columns: tuple[str, ...]) -> pa.Table:
    """The columns as text; empty cells are refused."""
    text = pacsv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()), include_columns=list(columns), strings_can_be_null=True
    )
    try:
        table = pacsv.read_csv(path, convert_options=text)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise ContractBroken(
            what=f"cannot be read: {type(error).__name__}", where=path.name, expected=f"a CSV of {','.join(columns)}"
        ) from None
    empty = sum(column.null_count for column in table.columns)
    if empty:
        raise ContractBroken(what="empty cells", where=path.name, found=str(empty))
    return table
