"""A population played in parts is landed as one: every row of every part, each under a key of its own."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import pytest
from lowincome import ingest
from lowincome.lake import Lake, read_json, read_rows
from lowincome.sources.spec import registry
from lowincome.sources.standardise.source_day import newest_landing

from benchmarks.day import landing, parts
from benchmarks.day.run import FIRST, Place

DAY, SOURCES = FIRST.isoformat(), sorted(registry())
SET = ("LOWINCOME_HOME", "LOWINCOME_OUTPUT", "LOWINCOME_ENCRYPTION_KEYS", "LOWINCOME_IDENTITY_KEY")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The landings of two parts, and what became one of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*SET, *(f"AIRFLOW_CONN_{page.connection.upper()}" for page in registry().values())):
            patch.setenv(name, "")
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield merged(Place(tmp_path_factory.mktemp("parts")))


def merged(place: Place) -> Place:
    options = Namespace(persons=200, parts=2, seed=7, changed=[])
    landed = list(landing.land_parts(place, options, 1))
    assert [step.name for step in landed] == ["fetch"] * 2
    for source in SOURCES:
        ingest.standardise(source, DAY)
    return place


@pytest.mark.parametrize("source", SOURCES)
def test_as_many_rows_come_in_and_are_kept_as_in_all_parts_together(place: Place, source: str) -> None:
    whole, *shares = (record(lake, source) for lake in lakes(place))
    for count in ("rows_in", "kept", "quarantined"):
        assert whole[count] == sum(share[count] for share in shares)
    assert whole["facts"]["kept"] == sum(share["facts"]["kept"] for share in shares)
    assert whole["state"] == "ok" and whole["kept"] > 0


@pytest.mark.parametrize("source", SOURCES)
def test_every_record_has_a_key_of_its_own(place: Place, source: str) -> None:
    keys = read_rows(place.lake.partition("standardised", "person_record", FIRST, source))["record_key"].to_pylist()
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("source", SOURCES)
def test_the_manifest_counts_what_those_of_the_parts_count(place: Place, source: str) -> None:
    whole, *shares = (manifest(lake, source) for lake in lakes(place))
    assert sum(whole["totals"].values()) == sum(sum(share["totals"].values()) for share in shares)
    assert {name: whole[name] for name in ("source", "data_date", "mode", "complete")} == {
        "source": source, "data_date": DAY, "mode": "full", "complete": True}


def lakes(place: Place) -> list[Lake]:
    return [place.lake, *(part.lake for part in parts.places(place, 2))]


def record(lake: Lake, source: str) -> dict[str, Any]:
    return dict(read_json(lake.source_day(source, FIRST)))


def manifest(lake: Lake, source: str) -> dict[str, Any]:
    folder = newest_landing(lake, source, FIRST)
    assert folder is not None
    return dict(read_json(folder / "manifest.json"))
