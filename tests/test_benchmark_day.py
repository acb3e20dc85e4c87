"""The floors that a day is held against do the whole work: one that skipped a part would flatter nobody but itself."""

import gzip
import sqlite3
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import engine
from openpyxl import Workbook

from benchmarks.day import floor, stage
from benchmarks.day.cost import Cost, median, total

SMALL, LARGE = Cost(1, 2, 300, 1, 0), Cost(3, 4, 200, 2, 1)


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.json", "a.xlsx", "a.parquet"])
def test_every_landed_format_that_has_an_end_is_decoded_to_it(tmp_path: Path, name: str) -> None:
    whole, broken = tmp_path / name, tmp_path / f"broken.{name}"
    write(whole)
    broken.write_bytes(whole.read_bytes()[:-9])
    assert floor.decode([whole]) >= 0
    with pytest.raises((EOFError, ValueError, OSError, BadZipFile)):
        floor.decode([broken])


def test_a_format_that_no_floor_knows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        floor.decode([tmp_path / "a.txt"])


def test_every_row_of_a_database_is_inserted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inserted: list[int] = []
    monkeypatch.setattr(floor, "_insert", lambda database, name, width, rows: inserted.append(len(rows)))
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table a (x, y)")
        database.executemany("insert into a values (?, ?)", [(1, 2)] * 7)
    floor.sqlite_insert([tmp_path / "a.db"])
    assert inserted == [7]


def test_processes_one_after_the_other_add_up_and_the_largest_memory_counts() -> None:
    assert total([SMALL, LARGE]) == Cost(4, 6, 300, 3, 1)


def test_runs_are_told_by_the_median_of_each_figure() -> None:
    assert median([SMALL, LARGE, LARGE]) == Cost(3, 4, 200, 2, 1)


def test_the_files_that_a_stage_names_are_those_its_scan_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_selected", engine._selected)  # the stage's own process notes what is opened for good
    files = [tmp_path / name for name in ("a.parquet", "b.parquet", "unnamed.parquet")]
    for file in files:
        write(file)
    opened = stage._noting_opened_files()
    inputs: dict[str, engine.Input] = {"t": files[:1], "u": engine.alike(files[1:2]), "v": files[2:]}
    engine.query("select a from t union all select a from u", inputs)
    assert opened == set(files[:2])


def write(path: Path) -> None:
    """A small file of the format that its name says."""
    if path.name.endswith(".gz"):
        path.write_bytes(gzip.compress(b'{"a": 1}\n' * 9))
    elif path.suffix == ".json":
        path.write_text('{"rows": [{"a": 1, "b": "the end is cut off"}]}', "utf-8")
    elif path.suffix == ".xlsx":
        book = Workbook()
        book.active.append(["姓名"])
        book.save(path)
    else:
        pq.write_table(pa.table({"a": range(9)}), path)
