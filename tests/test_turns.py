"""A step takes its turn, and while it works the collector of garbage passes over what stood before it."""

import gc
from pathlib import Path

import pytest
from lowincome.turns import alone


def test_what_stood_before_a_step_is_passed_over_until_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    passed_over = alone(lambda day: {"objects": gc.get_freeze_count()})("2026-11-22")
    assert passed_over["objects"] > 0
    assert gc.get_freeze_count() == 0


def test_after_a_step_that_failed_nothing_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))

    @alone
    def fail(day: str) -> dict[str, int]:
        raise ValueError(gc.get_freeze_count())

    with pytest.raises(ValueError, match=r"[1-9]"):
        fail("2026-11-22")
    assert gc.get_freeze_count() == 0
