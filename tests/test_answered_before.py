"""That a day of a test is answered as if every statement were run: whatever an answer follows from is told apart."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import engine

from tests import answered_before
from tests.answered_before import follows_from


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that the engine itself ran, while answers are kept."""
    ran: list[str] = []

    def noting(run: Callable[..., Any]) -> Callable[..., Any]:
        return lambda sql, *more: (ran.append(sql), run(sql, *more))[1]

    for name in ("_asked_anew", "_written_anew"):
        monkeypatch.setattr(answered_before, name, noting(getattr(answered_before, name)))
    for kept in ("_FOUND", "_WRITTEN"):
        monkeypatch.setattr(answered_before, kept, {})
    with answered_before.answered_before():
        yield ran


def numbers(folder: Path, *rows: int, name: str = "t.parquet") -> Path:
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table({"a": rows}), folder / name)
    return folder / name


def test_the_same_rows_elsewhere_are_answered_without_the_engine_and_others_by_it(
    runs: list[str], tmp_path: Path
) -> None:
    asked = [engine.query("select sum(a) as n from t", {"t": [numbers(tmp_path / where, *rows)]})["n"][0].as_py()
             for where, rows in (("x", [1, 2]), ("y", [1, 2]), ("y", [1, 3]))]
    assert (asked, len(runs)) == ([3, 3, 4], 2)


def test_a_file_is_written_with_the_bytes_that_the_engine_would_write(runs: list[str], tmp_path: Path) -> None:
    source, out = numbers(tmp_path / "x", 2, 1), [tmp_path / where / "o.parquet" for where in "abc"]
    rows = [engine.write_query("select a from t order by a", {"t": [source]}, path, engine.SCRATCH) for path in out[:2]]
    assert (rows, len(runs)) == ([2, 2], 1)
    answered_before._written_anew("select a from t order by a", {"t": [source]}, out[2], engine.SCRATCH)
    assert out[0].read_bytes() == out[1].read_bytes() == out[2].read_bytes()


def test_a_statement_that_names_files_itself_goes_by_what_stands_in_them(tmp_path: Path) -> None:
    here, there = (f"select * from read_parquet(['{numbers(tmp_path / where, 1)}'])" for where in "xy")
    assert follows_from(here, {}) == follows_from(there, {})
    numbers(tmp_path / "y", 2)
    assert follows_from(here, {}) != follows_from(there, {})


def test_whatever_an_answer_follows_from_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, other = numbers(tmp_path / "x", 1), numbers(tmp_path / "x", 1, name="u.parquet")
    sql = "select a from t"
    inputs: list[engine.Input] = [
        [file], [file, file], [other], engine.alike([file]), engine.numbered(file, "n"), "select 1 as a",
        pa.table({"a": [1]}), pa.table({"a": pa.array([1], pa.int32())})]
    asked = [*(follows_from(sql, {"t": source}) for source in inputs), follows_from(f"{sql} order by a", {"t": [file]}),
             follows_from(sql, {"t": [file]}, engine.SCRATCH)]
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    assert len({*asked, follows_from(sql, {"t": [file]})}) == len(asked) + 1


def test_an_input_that_the_statement_does_not_name_changes_nothing(tmp_path: Path) -> None:
    file = numbers(tmp_path / "x", 1)
    assert follows_from("select a from t", {"t": [file]}) == follows_from("select a from t", {"t": [file], "u": [file]})


def test_outside_of_such_a_day_every_statement_is_run() -> None:
    assert (engine.query, engine.write_query) == (answered_before._asked_anew, answered_before._written_anew)
    assert engine.query is not answered_before._query
