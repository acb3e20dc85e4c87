"""The pipeline against the oracle, on many small nasty worlds: the same households, answers and flags, day by day."""

import os
from pathlib import Path

import pytest

from tests.oracle import compare, pipeline
from tests.oracle.episodes import Register
from tests.oracle.worlds import deliveries

SEEDS = [int(seed) for seed in os.environ.get("ORACLE_SEEDS", "1 2").split()]
CLUSTERS = int(os.environ.get("ORACLE_CLUSTERS", "60"))
SHOWN = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_pipeline_and_oracle_agree(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    run, register = pipeline.start(tmp_path), Register()
    for delivery in deliveries(seed, CLUSTERS):
        run.run(delivery)
        found = list(compare.differences(run, register, delivery))
        assert not found, f"seed {seed}, {len(found)} differences:\n" + "\n".join(found[:SHOWN])
