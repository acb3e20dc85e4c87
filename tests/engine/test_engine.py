"""Which engine runs a statement, without Spark."""

import sys
from pathlib import Path

import pytest
from lowincome import engine
from lowincome.errors import SettingsInvalid
from lowincome.lake import Lake


def test_duckdb_runs_unless_the_setting_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("", "duckdb"):
        monkeypatch.setenv("LOWINCOME_ENGINE", name)
        assert engine.query("select version() as v", {}).column("v")[0].as_py().startswith("v")


def test_an_engine_that_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "sparc")
    with pytest.raises(SettingsInvalid, match="unknown engine 'sparc'"):
        engine.query("select 1 as n", {})


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.delitem(sys.modules, "lowincome.engine_spark", raising=False)
    monkeypatch.delattr("lowincome.engine_spark", raising=False)
    with pytest.raises(SettingsInvalid, match=r"requirements-spark\.txt"):
        engine.query("select 1 as n", {})


def test_spark_refuses_sealed_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    monkeypatch.setattr("lowincome.engine.keyring", lambda: object())
    with pytest.raises(SettingsInvalid, match="sealed files"):
        engine.query("select 1 as n", {})


def test_a_delivery_is_read_on_one_machine_whatever_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_ENGINE", "spark")
    with engine.on_one_machine():
        assert engine.query("select try_strptime('20260101', ['%Y', '%Y%m%d']) as d", {}).num_rows == 1


def test_a_candidate_has_a_name_that_both_engines_read(tmp_path: Path) -> None:
    assert not Lake(tmp_path).candidate(tmp_path / "part.parquet").name.startswith((".", "_"))
