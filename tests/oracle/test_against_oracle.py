"""The pipeline against the oracle, on many small nasty worlds: the same households, answers and flags, day by day.

`ORACLE_SEEDS="3 4 5" ORACLE_CLUSTERS=300 python -m pytest tests/oracle` is the long run: whole weeks of other worlds.
A failure names the seed, the day and the record keys; keys carry the number of the cluster they belong to.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.oracle import compare, pipeline
from tests.oracle.episodes import Register
from tests.oracle.worlds import DAYS, deliveries

QUICK: tuple[int, int, Sequence[int]] = (3, 60, (0, 4))  # seed, clusters, days after the start
CLUSTERS = int(os.environ.get("ORACLE_CLUSTERS", "60"))
LONG = [(int(seed), CLUSTERS, DAYS) for seed in os.environ.get("ORACLE_SEEDS", "").split()]
SHOWN = 40


@pytest.mark.parametrize(("seed", "clusters", "days"), LONG or [QUICK])
def test_pipeline_and_oracle_agree(
    seed: int, clusters: int, days: Sequence[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    run, register = pipeline.start(tmp_path), Register()
    for delivery in deliveries(seed, clusters, days):
        run.run(delivery)
        found = list(compare.differences(run, register, delivery))
        assert not found, f"seed {seed}, {len(found)} differences:\n" + "\n".join(found[:SHOWN])
