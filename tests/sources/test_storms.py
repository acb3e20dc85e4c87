"""Every fault of the switch at once, in many mixtures: what was served is landed, once each, and nothing is told."""

import gzip
import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lowincome.sources.connection import from_fields
from lowincome.sources.fetch import fetch
from lowincome.sources.spec import registry

from sandbox.running import Sandbox, running_sandbox
from sandbox.timeline import end_of
from tests.sources.stub import Slept

DAY = date(2026, 11, 21)
HTTP = ("province_check", "city_check", "medical_insurance")
PASSING = ("reset", "hang", "truncated_gzip", "throttle", "throttle_date", "empty", "html", "500", "502", "503", "504",
           "internal", "maintenance")
OWN = {"province_check": ("export_failed", "export_expired", "export_slow"), "city_check": ("snapshot_gone",),
       "medical_insurance": ("token_expired", "token_expired")}
SEEDS = range(12)
PERSONAL = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox"), households=25, page_cap=40) as running:
        yield running


@pytest.fixture(autouse=True)
def mended(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.world.faults.clear()


def storm(source: str, seed: int) -> list[dict[str, Any]]:
    """Ten faults at random requests, none so often that patience must end."""
    rng = Random(f"{source}:{seed}")
    places = rng.sample(range(0, 24, 2), 8)
    mixed = [{"fault": rng.choice(PASSING), "after": after} for after in places]
    own = [{"fault": fault, "after": rng.randrange(5)} for fault in OWN[source]]
    return [{"source": source, "value": rng.randrange(1, 4)} | rule for rule in mixed + own]


def served(sandbox: Sandbox, source: str) -> list[str]:
    """What the sandbox's world holds for the day, past all transport."""
    world, end = sandbox.world.builder, end_of(DAY)
    if source == "province_check":
        found = [version.value for _, version in world.reports.before(end)]
    elif source == "city_check":
        states = [version.value for _, version in world.city_persons.before(end)]
        found = [state.row for state in states] + [item for state in states for item in state.items]
    else:
        lines = [*world.insured.before(end), *world.settlements.before(end)]
        found = [v.value | {"updatedAt": f"{v.at.isoformat(timespec='seconds')}+08:00"} for _, v in lines]
    return sorted(json.dumps(row, sort_keys=True) for row in found)


def landed(folder: Path) -> list[str]:
    rows: list[Any] = []
    for path in folder.glob("*.json*"):
        content = json.loads(path.read_bytes())
        rows += content.get("items") or (content.get("data") or {}).get("rows") or []
    for path in folder.glob("*.gz"):
        rows += [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("source", HTTP)
def test_what_was_served_is_landed_through_every_storm(
    source: str, seed: int, sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fields = sandbox.connections[source]
    connection = from_fields(source, fields | {"extra": fields["extra"] | {"timeout": 0.4}})
    sandbox.world.faults.add(storm(source, seed))
    with caplog.at_level(logging.DEBUG):
        fetch(registry()[source], connection, DAY, None, tmp_path / "0001", "0001",
              patience=Slept().patience(time.time()))
    assert landed(tmp_path / "0001") == served(sandbox, source)
    assert sum(rule["shown"] for rule in sandbox.world.faults.report()) > 0
    assert sandbox.world.secret(source) not in caplog.text
    assert not PERSONAL.search(caplog.text)
