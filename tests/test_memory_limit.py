"""LOWINCOME_MEMORY_LIMIT is kept: what does not fit is put aside on disk, and what fits nowhere says which setting."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import engine, schema
from lowincome.errors import SettingsInvalid
from lowincome.lake import digest
from lowincome.rules import carry

from tests.conftest import day_runner

SORTED = "select range as n, hash(range) as h, md5(range::varchar) as m from range({rows}) order by h"
"""Of three million rows the sort alone takes 400 MB where it may."""
WRITE = """
import sys
import time
from pathlib import Path
from lowincome import engine

def megabytes(name):
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) // 1024

before = megabytes("VmRSS")
rows = engine.write_query(sys.argv[1], {}, Path(sys.argv[2]))
most, last = megabytes("VmHWM") - before, time.monotonic() + 20
while (after := megabytes("VmRSS") - before) > most * 0.6 and time.monotonic() < last:
    time.sleep(0.1)
print(rows, most, after)
"""


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the limit for an engine of the test's own."""

    def limit(size: str) -> None:
        monkeypatch.setenv("LOWINCOME_MEMORY_LIMIT", size)
        engine._database.cache_clear()

    yield limit
    engine._database.cache_clear()


@pytest.fixture
def sort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str], tuple[int, ...]]:
    """Sorts so many rows within a limit in a process of its own: rows written, MB at most, MB a while after it."""
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")

    def sorting(rows: int, limit: str) -> tuple[int, ...]:
        monkeypatch.setenv("LOWINCOME_MEMORY_LIMIT", limit)
        monkeypatch.setenv("PYTHONPATH", str(Path(engine.__file__).parents[1]))
        command = [sys.executable, "-c", WRITE, SORTED.format(rows=rows), str(tmp_path / "sorted.parquet")]
        told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return tuple(map(int, told.split()))

    return sorting


def test_a_sort_that_is_larger_than_the_limit_is_whole_and_keeps_to_it(sort: Callable[..., tuple[int, ...]]) -> None:
    rows, most, _ = sort(3_000_000, "100MB")
    assert (rows, most < 250) == (3_000_000, True)


@pytest.mark.parametrize(("fresh", "held"), [(10, 1_500_000), (1_500_000, 10)])
def test_answers_found_anew_and_carried_over_are_put_in_order_within_the_limit(
    tmp_path: Path, limited: Callable[[str], None], fresh: int, held: int
) -> None:
    subjects = pa.table({"subject_id": [f"P{number}" for number in range(held)]})
    known = {"fresh_outcome": [outcomes(tmp_path / "fresh", "Q", fresh)],
             "previous_outcome": [outcomes(tmp_path / "previous", "P", held)]}
    limited("150MB")
    assert carry.write_answers("outcome", subjects, known, tmp_path / "outcome") == fresh + held


def outcomes(path: Path, letter: str, rows: int) -> Path:
    """So many answers about so many persons; a million and a half in order take 300 MB where they may."""
    columns = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in schema.duckdb_types("outcome").items())
    told = f"'{letter}' || range as person_id, 'A01' as rule_id, md5(range::varchar) as reason_zh"
    engine.write_query(f"select * replace ({told}) from (select {columns}) cross join range({rows})", {}, path)
    return path


def test_what_a_query_took_goes_back_to_the_system_when_it_is_done(sort: Callable[..., tuple[int, ...]]) -> None:
    _, most, after = sort(1_500_000, "2GB")
    assert most > 150
    assert after < most * 0.6


def folders(temporary: Path) -> list[Path]:
    return sorted(temporary.glob("lowincome-*"))


@contextmanager
def spilling(folder: Path, temporary: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that sorts more than fits, from when it has begun to spill; made as if everybody may read."""
    environment = {**os.environ, "LOWINCOME_MEMORY_LIMIT": "100MB", "TMPDIR": str(temporary),
                   "PYTHONPATH": str(Path(engine.__file__).parents[1])}
    command = [sys.executable, "-c", WRITE, SORTED.format(rows=6_000_000), str(folder / "sorted.parquet")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, umask=0o022) as child:
        until = time.monotonic() + 60
        while not list(temporary.glob("lowincome-spill-*/duckdb_temp*")):
            assert child.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        yield child
        child.kill()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, in which somebody laid a trap."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    (tmp_path / "trap").mkdir()
    (folder / "lowincome-spill").symlink_to(tmp_path / "trap")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_what_is_spilled_lies_where_nobody_else_can_look_and_is_led_nowhere_else(
    tmp_path: Path, temporary: Path
) -> None:
    with spilling(tmp_path, temporary):
        _, folder = folders(temporary)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert list((tmp_path / "trap").iterdir()) == []


def test_what_a_killed_process_spilled_is_gone_when_the_next_engine_starts(
    tmp_path: Path, temporary: Path, limited: Callable[[str], None]
) -> None:
    with spilling(tmp_path, temporary) as child:
        _, left = folders(temporary)
        limited("100MB")
        engine.query("select 1", {})
        assert left.exists()
        child.kill()
        child.wait()
    assert list(left.glob("duckdb_temp*"))
    limited("100MB")
    engine.query("select 1", {})
    assert not left.exists()


def test_the_folder_of_a_process_goes_with_it(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, sort: Callable[..., tuple[int, ...]]
) -> None:
    monkeypatch.setenv("TMPDIR", str(temporary))
    assert sort(3_000_000, "100MB")[0] == 3_000_000
    assert [path.name for path in folders(temporary)] == ["lowincome-spill"]


def test_a_sort_that_fits_nowhere_says_which_setting(tmp_path: Path, limited: Callable[[str], None]) -> None:
    limited("10MB")
    with pytest.raises(SettingsInvalid, match=r"LOWINCOME_MEMORY_LIMIT.*found 10MB"):
        engine.write_query(SORTED.format(rows=1_000_000), {}, tmp_path / "sorted.parquet")


def test_a_limit_that_is_no_size_is_refused_by_its_name(limited: Callable[[str], None]) -> None:
    limited("lots")
    with pytest.raises(SettingsInvalid, match=r"LOWINCOME_MEMORY_LIMIT.*found lots"):
        engine.query("select 1", {})


def test_a_day_within_a_small_limit_publishes_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limited: Callable[[str], None]
) -> None:
    limited("2GB")
    usual = published(day_runner(tmp_path / "usual", monkeypatch)())
    limited("200MB")
    assert published(day_runner(tmp_path / "small", monkeypatch)()) == usual


def published(folder: Path) -> dict[str, str]:
    """Digest by table; what names the test's own workbook by its digest, which holds a time, is left out."""
    found = {str(path.relative_to(folder)): digest(path) for path in folder.rglob("*.csv")}
    assert (folder / "links.csv").read_text("utf-8").count("\n") > 1
    return found


def test_as_many_threads_work_as_are_set(limited: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_THREADS", "3")
    limited("100MB")
    assert engine.query("select current_setting('threads') as n", {}).column("n").to_pylist() == [3]


@pytest.mark.parametrize("threads", ["0", "many"])
def test_threads_that_are_no_number_are_refused_by_name(
    limited: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("LOWINCOME_THREADS", threads)
    limited("100MB")
    with pytest.raises(SettingsInvalid, match="LOWINCOME_THREADS"):
        engine.query("select 1 as n", {})
