"""One planted world for all page tests that only look."""

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.web import world as planted

STAFF = {
    "li": {"roles": ["caseworker"], "districts": ["370102", "370103"]},
    "zhao": {"roles": ["supervisor", "reviewer", "auditor", "engineer"], "districts": "all"},
    "sun": {"roles": ["auditor"]},
    "qian": {"roles": ["reviewer"]},
    "zhou": {"roles": ["reviewer"]},
    "wu": {"roles": ["engineer"]},
    "nowhere": {"roles": ["caseworker"]},
}


@pytest.fixture(scope="session")
def planted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two published days, four households a district; made once, never written to."""
    home = tmp_path_factory.mktemp("planted")
    planted.build(home, days=(date(2026, 11, 21), planted.D))
    return home


@pytest.fixture
def world(planted_home: Path, tmp_path: Path) -> planted.World:
    """The planted days with a staff page and empty logs of the test's own."""
    return planted.open_world(planted_home, tmp_path / "staff.yaml", STAFF)


@pytest.fixture
def client(world: planted.World) -> TestClient:
    """Asks with the header `x-user`."""
    return world.client()
