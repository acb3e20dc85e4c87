"""Which engine runs a statement, without Spark."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.errors import SettingsInvalid
from lowincome.scaled_out import on_one_machine
from lowincome.settings import read_settings


@pytest.mark.parametrize("name", ["", "duckdb"])
def test_duckdb_runs_unless_the_setting_names_another(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", name)
    assert engine.query("select version() as v", {}).column("v")[0].as_py().startswith("v")


def test_an_engine_that_nobody_knows_is_named() -> None:
    with pytest.raises(SettingsInvalid, match="expected duckdb or spark; found sparc"):
        read_settings({"LOWINCOME_ENGINE": "sparc"})


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    monkeypatch.delitem(sys.modules, "lowincome.engine_spark", raising=False)
    monkeypatch.delattr("lowincome.engine_spark", raising=False)
    with pytest.raises(SettingsInvalid, match=r"requirements-spark\.txt"):
        engine.query("select 1 as n", {})


def test_every_step_refuses_spark_where_files_are_sealed() -> None:
    with pytest.raises(SettingsInvalid, match="Spark cannot open sealed files"):
        read_settings({"LOWINCOME_ENGINE": "spark", "LOWINCOME_ENCRYPTION_KEYS": "keys.yaml"})


def test_a_delivery_is_read_on_one_machine_whatever_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    with on_one_machine():
        assert engine.query("select try_strptime('20260101', ['%Y', '%Y%m%d']) as d", {}).num_rows == 1


def test_a_name_that_a_statement_gives_itself_hides_the_input_of_that_name() -> None:
    """DuckDB would lose the former if the statement stood in brackets behind the WITH of its inputs."""
    told = pa.table({"n": [1, 2, 3]})
    inputs: dict[str, engine.Input] = {"told": told, "t": "select n from told", "more": "select n + 10 as n from t"}
    sql = "with t as (select n * 2 as n from t) select t.n, more.n as m from t, more order by m desc, t.n desc -- all"
    rows = engine.query(sql, inputs)
    assert list(zip(*(rows.column(name).to_pylist() for name in ("n", "m")), strict=True)) == [
        (n, m) for m in (13, 12, 11) for n in (6, 4, 2)]


def test_a_file_has_the_bytes_of_its_rows_whatever_plan_found_them(tmp_path: Path) -> None:
    """Of the first rows the plan knows that nothing is null, of the second it does not."""
    engine.write_query("select cast(1 as bigint) as n, 'a' as word", {}, tmp_path / "told")
    engine.write_query("select * from t", {"t": pa.table({"n": [1], "word": ["a"]})}, tmp_path / "found")
    assert (tmp_path / "told").read_bytes() == (tmp_path / "found").read_bytes()


def test_what_cannot_be_worked_out_is_an_error_when_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(engine.QueryFailed):
        engine.write_query("select cast(word as int) as n from t", {"t": pa.table({"word": ["x"]})}, tmp_path / "t")


def test_rows_are_written_in_order_and_nothing_that_was_put_aside_stays(tmp_path: Path) -> None:
    rows = "select 2 as n union all select n from t"
    assert engine.write_in_order(rows, "n", {"t": pa.table({"n": [3, 1]})}, tmp_path / "rows") == 3
    assert engine.query("select n from t", {"t": [tmp_path / "rows"]}).column("n").to_pylist() == [1, 2, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["rows"]


def test_what_was_put_aside_is_removed_also_where_the_order_fails(tmp_path: Path) -> None:
    with pytest.raises(engine.QueryFailed):
        engine.write_in_order("select 1 as n", "unknown", {}, tmp_path / "rows")
    assert not (tmp_path / "rows.aside").exists()
