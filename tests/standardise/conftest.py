"""A lake of its own for every test."""

from pathlib import Path

import pytest
from lowincome.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")
