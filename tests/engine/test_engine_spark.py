"""Both engines give one answer, where PySpark is installed (requirements-spark.txt)."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import engine
from lowincome.errors import SettingsInvalid
from lowincome.lake import Lake
from lowincome.scaled_out import on_one_machine

from tests.engine.cases import DIFFERENCES, TABLES

pytest.importorskip("pyspark", reason="Spark is optional: `make test-spark`")
from lowincome import engine_spark


@pytest.fixture(autouse=True)
def on_spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Spark on this machine; inside `on_one_machine` the same call is DuckDB's."""
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    yield


def comparable(table: pa.Table) -> list[tuple[Any, ...]]:
    """Rows in one order; numbers by their value, for DuckDB counts in wider types."""
    return sorted((tuple(Decimal(cell).normalize() if isinstance(cell, int) else cell for cell in row.values())
                   for row in table.to_pylist()), key=repr)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_both_engines_give_one_answer(name: str) -> None:
    asked = DIFFERENCES[name]["asks"]
    with on_one_machine():
        expected = engine.query(asked, TABLES)
    found = engine.query(asked, TABLES)
    assert found.column_names == expected.column_names
    assert comparable(found) == comparable(expected)


def test_a_table_is_one_file_in_the_order_asked_for(tmp_path: Path) -> None:
    many = pa.table({"n": [number * 7919 % 20011 for number in range(20011)]})
    rows = engine.write_query("select n from many order by n desc", {"many": many}, tmp_path / "t.parquet", "lz4", 4096)
    written = pq.ParquetFile(tmp_path / "t.parquet")
    assert written.read().column("n").to_pylist() == list(range(20010, -1, -1))
    assert (rows, written.num_row_groups, [path.name for path in tmp_path.iterdir()]) == (20011, 5, ["t.parquet"])


def test_files_are_read_by_the_names_of_their_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "old")
    pq.write_table(pa.table({"c": [True], "a": [2]}), tmp_path / "new")
    found = engine.query("select a, b, c from t order by a", {"t": [tmp_path / "old", tmp_path / "new"]})
    assert found.to_pylist() == [{"a": 1, "b": "x", "c": None}, {"a": 2, "b": None, "c": True}]


def test_rows_keep_the_order_of_the_files_and_of_their_place_in_them(tmp_path: Path) -> None:
    small, large = pa.table({"n": range(10)}), pa.table({"n": range(10, 30_000)})
    pq.write_table(small, tmp_path / "first")
    pq.write_table(large, tmp_path / "second", row_group_size=1000)
    read = "select n from t where n % 3 = 0 union all select -n as n from t"
    engine.write_query(read, {"t": [tmp_path / "first", tmp_path / "second"]}, tmp_path / "both")
    expected = [*range(0, 30_000, 3), *range(0, -30_000, -1)]
    assert pq.read_table(tmp_path / "both").column("n").to_pylist() == expected
    numbered = {"t": engine.numbered(tmp_path / "second", "place")}
    assert engine.query("select count(*) as n from t where n = place + 10", numbered).to_pylist() == [{"n": 29_990}]


def test_a_table_has_the_bytes_that_duckdb_gives_it(tmp_path: Path) -> None:
    asked = ("select written, length(written) as size, null as none, cast(place as hugeint) as n, true as is_known "
             "from word order by all")
    engine.write_query(asked, TABLES, tmp_path / "spark")
    with on_one_machine():
        engine.write_query(asked, TABLES, tmp_path / "duckdb")
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "duckdb").read_bytes()


def test_a_table_of_many_parts_is_cut_into_groups_where_duckdb_cuts_it(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one", "two", "three")]
    for number, file in enumerate(files):
        pq.write_table(pa.table({"n": [number + 3 * row * 7919 % 60_013 for row in range(20_011)]}), file)
    asked = "select n % 7 as rest from t where n % 5 > 0 order by t.n, rest"
    engine.write_query(asked, {"t": files}, tmp_path / "spark", rows_a_group=4096)
    with on_one_machine():
        engine.write_query(asked, {"t": files}, tmp_path / "duckdb", rows_a_group=4096)
    assert pq.read_metadata(tmp_path / "spark").num_row_groups > 9
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "duckdb").read_bytes()


def test_what_is_in_no_list_is_not_looked_for_by_comparing_all_with_all(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "select count(*) filter (where place is null or place not in (select months from amount)) as n from word"
    with engine_spark._asked(asked, TABLES) as (rows, _):
        rows.explain()
    told = capsys.readouterr().out
    assert "ExistenceJoin" in told
    assert "NestedLoop" not in told


def test_a_file_that_was_sealed_earlier_is_refused_by_name(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1]}), tmp_path / "part.parquet")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SettingsInvalid, match=r"found part\.parquet"):
        patch.setattr("lowincome.engine_spark.is_sealed", lambda path: True)
        engine.query("select n from t", {"t": [tmp_path / "part.parquet"]})


def test_a_candidate_is_read_before_it_is_published(tmp_path: Path) -> None:
    candidate = Lake(tmp_path).candidate(tmp_path / "source=x" / "data_date=2026-11-22" / "part.parquet")
    engine.write_query("select 1 as n", {}, candidate)
    assert engine.query("select * from t", {"t": [candidate]}).to_pylist() == [{"n": 1}]
    assert engine.count([candidate]) == 1


def test_a_table_in_memory_is_a_file_for_the_time_of_the_statement_and_does_not_stand_in_the_heap() -> None:
    many = pa.table({"n": range(20_011), "nothing": pa.nulls(20_011)})
    with engine_spark._asked("select n, nothing from many", {"many": many}) as (rows, _):
        (file,) = (Path(name.removeprefix("file://")) for name in rows.inputFiles())
        assert pq.read_metadata(file).num_rows == 20_011
    assert not file.exists()
    assert engine.query("select count(n) as n, count(nothing) as nothing from many", {"many": many}).to_pylist() == [
        {"n": 20_011, "nothing": 0}]


def test_a_temporary_folder_that_executors_do_not_see_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    session = engine_spark._spark()
    engine_spark._check_shared(session)
    monkeypatch.setattr(engine_spark, "_file", lambda table, links: Path("/seen/by/this/machine/alone.parquet"))
    monkeypatch.setattr(pq, "read_schema", lambda path: pa.schema({"n": pa.int64()}))
    monkeypatch.setattr(engine_spark, "is_sealed", lambda path: False)
    with pytest.raises(SettingsInvalid, match=r"do not see the temporary folder.*TMPDIR"):
        engine_spark._check_shared(session)


def test_a_view_stands_on_the_inputs_before_it() -> None:
    inputs = {**TABLES, "short": "select written from word where length(written) < 4"}
    assert engine.query("select count(*) as n from short", inputs).to_pylist() == [{"n": 4}]


@pytest.mark.parametrize("sql", ["select nothing from word", "select 1 // 0 as n from word", "selec"])
def test_a_statement_that_fails_is_the_same_error_on_both(sql: str) -> None:
    with pytest.raises(engine.QueryFailed):
        engine.query(sql, TABLES)


def test_an_input_without_files_is_an_error() -> None:
    with pytest.raises(ValueError, match="input word: no files"):
        engine.query("select * from word", {"word": []})
