"""A stub server for every test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.sources.stub import Stub, running_stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    with running_stub() as running:
        yield running
