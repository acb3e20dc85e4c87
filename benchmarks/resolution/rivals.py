"""Other ways to find who is who, as they are commonly written: each gives one person number a record."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.resolution import day
from benchmarks.resolution.careful import checked, readied, trimmed


def ours(records: pa.Table) -> pa.Table:
    """The resolve stage of the pipeline."""
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        day.resolve(day.inputs(records), Path(folder))
        return pq.read_table(Path(folder) / "person_link.parquet", columns=["record_key", "person_id"])


def drop_duplicates(records: pa.Table) -> pa.Table:
    """Rows that agree in everything are one person."""
    frame = records.to_pandas()
    return _links(frame, frame.groupby(["id_raw", "name", "birth_date", "phone", "address"], dropna=False).ngroup())


def deterministic_keys(records: pa.Table) -> pa.Table:
    """One number is one person; without a number, name and birth date."""
    frame = records.to_pandas()
    return _links(frame, frame["id_raw"].fillna(frame["name"] + "|" + frame["birth_date"].astype(str)))


def careful_pandas(records: pa.Table) -> pa.Table:
    """Numbers checked and upgraded, names trimmed; the rest by a name and birth date that only one person has."""
    frame = records.to_pandas()
    frame["id"] = checked(frame["id_raw"])
    frame["bare"] = trimmed(frame["name"])
    key = frame["bare"] + "|" + frame["birth_date"].astype(str) + "|" + frame["sex"]
    known = frame.assign(key=key).dropna(subset="id").groupby("key")["id"].agg(["nunique", "first"])
    unique = known.loc[known["nunique"] == 1, "first"]
    return _links(frame, frame["id"].fillna(key.map(unique)).fillna(key))


def splink(records: pa.Table) -> pa.Table:
    """Splink on records readied as carefully as those."""
    from benchmarks.resolution import with_splink

    return with_splink.link(readied(records))


def recordlinkage(records: pa.Table) -> pa.Table:
    """The Record Linkage Toolkit on the same."""
    from benchmarks.resolution import with_recordlinkage

    return with_recordlinkage.link(readied(records))


def dedupe(records: pa.Table) -> pa.Table:
    """dedupe on the same."""
    from benchmarks.resolution import with_dedupe

    return with_dedupe.link(readied(records))


def _links(frame: pd.DataFrame, person: pd.Series) -> pa.Table:
    return pa.table({"record_key": pa.array(frame["record_key"]), "person_id": pa.array(person.astype(str))})


RIVALS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "drop_duplicates": drop_duplicates,
    "deterministic keys": deterministic_keys,
    "careful pandas": careful_pandas,
    "Splink 5": splink,
    "recordlinkage": recordlinkage,
    "dedupe": dedupe,
    "ours": ours,
}
OF_A_SAMPLE = ("recordlinkage", "dedupe")
"""Ways whose pairs pass through Python one by one: they run where they are named."""
