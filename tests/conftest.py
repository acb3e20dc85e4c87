"""What tests of the whole day share."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome import steps
from lowincome.lake import Lake

from tests.landing_of import land
from tests.small_day import D, deliveries


@pytest.fixture
def run_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Land, standardise and publish a day; the published folder."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    lake = Lake(tmp_path / "home" / "lake")

    def run(day: date = D, facts: list[dict[str, Any]] | None = None, **changes: Any) -> Path:
        text = day.isoformat()
        for source, files in deliveries(day, facts or [], **changes).items():
            if files is None:
                steps.missing(source, text, "did not come")
                continue
            number = steps.next_run_id(lake, source, day)
            land(lake, source, day, files, run_id=number)
            steps.standardise(source, text)
        for step in steps.DAY:
            step(text)
        return tmp_path / "output" / text

    return run
