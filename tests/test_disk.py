"""A disk that takes no more: the folder is named, what was begun is gone, and nobody's delivery is refused for it."""

import errno
import io
import random
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.disk import DiskFull, written_whole
from lowincome.lake import Lake, write_json, write_table
from lowincome.sources.connection import Connection
from lowincome.sources.fetch import fetch
from lowincome.sources.landing import Delivery, LandingWriter
from lowincome.sources.standardise import day, source_day
from lowincome.sources.standardise.cells import CellTable

from tests.landing_of import land
from tests.sources.stub import Page, Slept
from tests.standardise.deliveries import SOURCES, D, holder, workbook

LIMIT = 50_000
ROWS = pa.table({"n": [random.Random(number).randbytes(100).hex() for number in range(2_000)]})
BYTES = random.Random(1).randbytes(200_000)
SELECT = "select n from t"


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """In the block no file of this process grows beyond so many bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def receive(folder: Path) -> None:
    with LandingWriter(folder / "0001") as writer:
        writer.put("a.json", "a", BYTES, 1)
        writer.commit("s", D, Delivery(None, "by hand"), "")


WRITERS: dict[str, Callable[[Path], object]] = {
    "a table": lambda folder: write_table(ROWS, folder / "part.parquet"),
    "a query": lambda folder: engine.write_query(SELECT, {"t": ROWS}, folder / "part.parquet"),
    "rows in order": lambda folder: engine.write_in_order(SELECT, "n", {"t": ROWS}, folder / "part.parquet"),
    "JSON": lambda folder: write_json(folder / "a.json", BYTES.hex()),
    "cells": lambda folder: CellTable(folder / "cells", ("n",)).write(ROWS.to_pylist()),
    "a landing": receive,
}


@pytest.fixture(params=["in the clear", "sealed"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, whose files are sealed or not."""
    if request.param == "sealed":
        keys = tmp_path / "keys.yaml"
        keys.write_text(f"active: a\nkeys:\n  a: '{'11' * 32}'")
        keys.chmod(0o600)
        monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(keys))
    return tmp_path / "lake"


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_does_not_fit_names_the_folder_and_leaves_no_file(write: Callable[[Path], object], folder: Path) -> None:
    folder.mkdir()
    with no_file_beyond(LIMIT), pytest.raises(DiskFull, match="the disk takes no more") as full:
        write(folder)
    assert str(full.value).startswith(str(folder))
    assert "File too large" in full.value.found and "make room there" in full.value.next_step
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    write(folder)
    assert [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("number", "is_full"), [
    (errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EFBIG, True), (errno.EACCES, False), (errno.EIO, False)])
def test_only_a_disk_that_takes_no_more_is_told_as_one(number: int, is_full: bool, tmp_path: Path) -> None:
    with pytest.raises(DiskFull if is_full else OSError), written_whole(tmp_path / "a"):
        (tmp_path / "a").write_bytes(b"begun")
        raise OSError(number, "as the system says it")
    assert not (tmp_path / "a").exists()


def test_a_file_that_was_published_before_stays_where_its_next_one_does_not_fit(tmp_path: Path) -> None:
    final = write_table(ROWS.slice(0, 10), tmp_path / "part.parquet")
    before = final.read_bytes()
    with no_file_beyond(LIMIT), pytest.raises(DiskFull):
        write_table(ROWS, final)
    assert (final.read_bytes(), list(tmp_path.iterdir())) == (before, [final])


def test_a_file_drop_is_not_blamed_for_our_own_disk(tmp_path: Path) -> None:
    drop, slept = tmp_path / "drop", Slept()
    drop.mkdir()
    (drop / f"a_{D:%Y%m%d}.csv").write_bytes(BYTES)
    (drop / f"a_{D:%Y%m%d}.csv.ok").touch()
    page = Page("s", "file_drop", {"file_pattern": "a_{yyyymmdd}.csv"})
    connection = Connection("s", "fs", extra={"path": str(drop)})
    with no_file_beyond(LIMIT), pytest.raises(DiskFull, match=r"landing/\.partial/0001: the disk takes no more"):
        fetch(page, connection, D, None, tmp_path / "landing" / "0001", "0001", patience=slept.patience())
    assert slept.seconds == []
    assert not (tmp_path / "landing" / "0001").exists()


def test_a_delivery_is_not_refused_for_our_own_disk_and_is_read_when_there_is_room(tmp_path: Path) -> None:
    lake, content, source = Lake(tmp_path / "lake"), io.BytesIO(), "disabled_federation"
    workbook(*(holder(家庭住址=row.as_py()) for row in ROWS["n"].slice(0, 600))).save(content)
    land(lake, source, D, {f"cl_cert_{D:%Y%m%d}.xlsx": ("file", content.getvalue())}, None, "0001", None)
    with no_file_beyond(LIMIT), pytest.raises(DiskFull):
        day.standardise(SOURCES[source], lake, D, lambda *_: [])
    assert source_day.read(lake, source, D) is None
    assert [path for path in (lake.root / "standardised").rglob("*") if path.is_file()] == []
    assert day.standardise(SOURCES[source], lake, D, lambda *_: [])["state"] == "ok"
