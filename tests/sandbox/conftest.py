"""One small world for all tests that do not break it."""

from datetime import date

import pytest

from sandbox.builder import Config
from sandbox.world import World
from tests.sandbox.client import Client

CONFIG = Config(300, 7, date(2026, 11, 20), 3)


@pytest.fixture(scope="session")
def built() -> World:
    """The world, built once."""
    world = World(CONFIG)
    assert world.builder.population.households
    return world


@pytest.fixture
def world(built: World) -> World:
    """The same people, an own fault switch."""
    fresh = World(CONFIG)
    fresh.__dict__["builder"] = built.builder
    return fresh


@pytest.fixture
def client(world: World) -> Client:
    """An honest client of that world."""
    return Client(world)
