"""What each parser is given and what must hold of its answer: read, or refused in its own words, and nothing lost.

Used twice: a short run by hypothesis in the tests, a long one by scripts/fuzz.py. A parser that stumbles over an
input raises here what it would have raised in the pipeline.
"""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lowincome import engine, schema
from lowincome.deliver.answers import NotAList, read_filled
from lowincome.deliver.workbook import write_workbook
from lowincome.errors import ContractBroken
from lowincome.sources.spec import registry
from lowincome.sources.standardise.cells import CellTable, FileRefused
from lowincome.sources.standardise.csv_cells import read_csv
from lowincome.sources.standardise.fields import lacking
from lowincome.sources.standardise.mapping import expressions, mapping_sql
from lowincome.sources.standardise.xlsx_cells import read_xlsx

from scripts import verify_evidence
from tests.deliver.listing import flag, worklist
from tests.small_day import D, answer, federation, report, roster, rural

RUN = pa.table({"data_date": pa.array([D], pa.date32())})
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
TOKENS = (
    b"", b"\x00", b'"', b"'", b",", b"\n", b"\r\n", b"{", b"]", b"null", b"-1", b"1e308", b"9" * 40, b"\xff\xfe",
    b"\xef\xbb\xbf", "＇".encode(), "\u200b".encode(), "𠮷".encode(), b"\xa1\xa1", b"#num:", b"NaN", b"<", b"&#0;")
Edit = tuple[float, int, int]
"""Where (0 to 1), how many bytes go, and the token that comes in their place."""


def mutated(sample: bytes, edits: Sequence[Edit]) -> bytes:
    """A sample after some edits; of a ZIP file its members are edited, not its frame, where the first edit goes."""
    if sample.startswith(b"PK") and edits and edits[0][1] % 2 == 0:
        return _inside(sample, edits)
    for where, gone, token in edits:
        at = int(where * len(sample))
        sample = sample[:at] + TOKENS[token % len(TOKENS)] + sample[at + gone:]
    return sample


def _inside(sample: bytes, edits: Sequence[Edit]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample)) as old, zipfile.ZipFile(content, "w") as new:
        names = old.namelist()
        chosen = names[int(edits[0][0] * len(names))]
        for name in names:
            inner = old.read(name)
            new.writestr(name, mutated(inner, edits[1:]) if name == chosen else inner)
    return content.getvalue()


@dataclass(frozen=True)
class Parser:
    """`sample` is a good input; `check` reads one and says whether it was read. Whatever it raises is a defect."""

    sample: Callable[[], bytes]
    check: Callable[[bytes, Path], bool]


def check_cells(texts: Sequence[str]) -> int:
    """Every expression over these cells: none stumbles, an ID is one by its check digit; the number of readings."""
    ready = {name: text for name, text in expressions().items() if name != "clean"}
    columns = ", ".join(f"""{text.replace('{c}', 'c').replace('{t}', "'VARCHAR'").replace('{x}', 'c')} as "{name}\""""
                        for name, text in ready.items())
    cleaned = expressions()["clean"].replace("{x}", "x")
    rows = engine.query(f"select c, {columns} from (select {cleaned} as c from cell)",
                        {"cell": pa.table({"x": pa.array(texts, pa.string())})}).to_pylist()
    assert len(rows) == len(texts)
    assert [row["c"] for row in rows if (row["id18"] is not None) != is_id(row["c"] or "")] == []
    return len(rows) * len(ready)


def is_id(text: str) -> bool:
    """Whether a text is a citizen ID, in Python's own words (GB 11643-1999)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return False
    try:
        datetime.strptime(text[6:14], "%Y%m%d")
    except ValueError:
        return False
    return SIGNS[sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS, strict=False)) % 11] == text[17]


def check_lines(lines: Sequence[bytes], folder: Path) -> bool:
    """NDJSON of the province: every line gives a row, kept or rejected, or the file is refused whole."""
    path, spec = folder / "f1.ndjson.gz", registry()["province_check"]
    path.write_bytes(gzip.compress(b"\n".join(lines), compresslevel=1))
    found: set[int] = set()
    try:
        for table in spec.tables:
            sql = mapping_sql(spec, table, [path], schema.duckdb_types(table.name))
            found |= set(engine.query(f"select distinct _line from ({sql})", {"run": RUN}).column("_line").to_pylist())
    except engine.QueryFailed:
        return False
    assert found == {number for number, line in enumerate(lines, 1) if line.strip(b" ")}
    return True


def _mapped(source: str, name: str) -> Callable[[bytes, Path], bool]:
    """A whole file through the pages of its source; what the engine cannot read is refused by `standardise`."""

    def check(content: bytes, folder: Path) -> bool:
        spec, path = registry()[source], folder / name
        path.write_bytes(content)
        part = {"persons-00001.json": "persons", "insured-00001.json": "insured"}.get(name, "assist_member")
        for table in (table for table in spec.tables if table.part == part):
            try:
                if spec.reader == "parquet" and lacking(spec, table, [path]):
                    return False
                engine.query(mapping_sql(spec, table, [path], schema.duckdb_types(table.name)), {"run": RUN})
            except (engine.QueryFailed, ContractBroken):
                return False
        return True

    return check


def _cell_file(source: str, name: str) -> Callable[[bytes, Path], bool]:
    def check(content: bytes, folder: Path) -> bool:
        path, spec = folder / name, registry()[source]
        path.write_bytes(content)
        table = CellTable(folder / "cells.parquet", spec.known_columns)
        try:
            {"csv": read_csv, "xlsx": read_xlsx}[spec.reader](spec, path, table)
        except FileRefused:
            return False
        assert pq.read_metadata(table.path).num_rows == table.rows
        return True

    return check


def _check_filled(content: bytes, folder: Path) -> bool:
    path = folder / "filled.xlsx"
    path.write_bytes(content)
    try:
        read_filled(path, (), date(2026, 11, 23))
    except NotAList:
        return False
    return True


def _check_pack(content: bytes, folder: Path) -> bool:
    return verify_evidence.faults(content, None) == []


@cache
def _filled() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_workbook(Path(folder) / "list.xlsx", worklist(flag("B04")))
        return (Path(folder) / "list.xlsx").read_bytes()


def _page() -> bytes:
    person = {"rybh": "1", "xm": "王秀英", "zjhm": "370102196001022324", "sqyxq": "2027-01-01"}
    return json.dumps({"success": True, "code": "200", "data": {"rows": [person], "total": 1}}).encode()


def _items() -> bytes:
    return json.dumps({"items": [{"psnNo": "1", "psnName": "王秀英"}], "nextCursor": None}).encode()


def line() -> bytes:
    """A good report of the province."""
    return gzip.decompress(report([answer("A04", quantity=2)]))


def one_line(content: bytes) -> bytes:
    """The content as one line of UTF-8: a file that is no text is refused whole before its lines are read."""
    return re.sub(r"[\r\n\x00]", "", content.decode(errors="ignore")).encode()


PARSERS = {
    "csv file": Parser(lambda: next(iter(rural(D).values()))[1], _cell_file("rural_revitalization", "rr.csv")),
    "workbook": Parser(lambda: next(iter(federation(D).values()))[1], _cell_file("disabled_federation", "cl.xlsx")),
    "city page": Parser(_page, _mapped("city_check", "persons-00001.json")),
    "medical page": Parser(_items, _mapped("medical_insurance", "insured-00001.json")),
    "roster table": Parser(lambda: roster()["assist_member.parquet"][1], _mapped("assistance_roster", "m.parquet")),
    "filled list": Parser(_filled, _check_filled),
    "evidence pack": Parser(lambda: verify_evidence.packed({"fields.json": b"{}"}), _check_pack),
}
