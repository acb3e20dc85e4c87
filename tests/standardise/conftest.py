"""A lake of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lowincome.lake import Lake

from tests.answered_before import answered_before


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Deliveries differ in a row or two of one table; what is asked of the other tables is asked once."""
    with answered_before():
        yield Lake(tmp_path / "lake")
