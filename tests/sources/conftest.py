"""A stub server for every test that asks for one; only where a body hangs is patience short."""

from collections.abc import Iterator

import pytest

from tests.sources.stub import Stub, running_stub


@pytest.fixture
def stub(request: pytest.FixtureRequest) -> Iterator[Stub]:
    with running_stub() as running:
        running.timeout = 0.3 if "hangs" in request.node.name else 10.0
        yield running
