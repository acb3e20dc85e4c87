"""Steps tell the tables that they read and wrote, in the order of the house, by name and never by content."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import told_datasets
from lowincome import datasets, steps
from lowincome.day_tables import LAYERS
from lowincome.lake import Lake, read_json, write_json

from tests.conftest import day_runner
from tests.small_day import D
from tests.test_dags import in_fresh_process

DAY = D.isoformat()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A published day."""
    folder = tmp_path_factory.mktemp("datasets")
    with pytest.MonkeyPatch.context() as patch:
        day_runner(folder, patch)()
        yield folder


def names(paths: list[Path], home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in paths}


def test_a_source_is_followed_from_its_landing_to_its_own_tables_alone(home: Path) -> None:
    landing = "home/lake/landing/disabled_federation"
    assert [names(paths, home) for paths in datasets.of_source("submit", "disabled_federation", DAY)] == [set(), set()]
    assert [names(paths, home) for paths in datasets.of_source("fetch", "disabled_federation", DAY)] == [
        set(), {landing}]
    read, wrote = (names(paths, home) for paths in datasets.of_source("standardise", "disabled_federation", DAY))
    assert read == {landing}
    assert "home/lake/standardised/certificate" in wrote and "home/lake/standardised/settlement" not in wrote


def test_every_step_of_the_day_tells_what_it_wrote_and_reads_only_what_came_before(home: Path) -> None:
    layers = ["standardised", *LAYERS]
    for step in (one.__name__ for one in steps.DAY):
        read, wrote = (names(paths, home) for paths in datasets.of_day(step, DAY))
        assert read and wrote and not read & wrote
        if step in datasets.WRITES:
            assert {path.split("/")[2] for path in wrote} == {datasets.WRITES[step]}
            assert {path.split("/")[2] for path in read} <= set(layers[:layers.index(datasets.WRITES[step])])


def test_a_source_that_did_not_come_is_read_as_of_its_last_good_day(home: Path) -> None:
    later = Lake(home / "home" / "lake")
    write_json(later.lock(D + timedelta(days=1)), read_json(later.lock(D)))
    assert datasets.of_day("freeze", (D + timedelta(days=1)).isoformat()) == datasets.of_day("freeze", DAY)


def test_the_last_step_writes_the_folder_that_readers_have(home: Path) -> None:
    assert datasets.of_day("publish", DAY)[1] == [home / "output"]


COLLECT = """
import json, sys
from pathlib import Path
from airflow.sdk.lineage import get_hook_lineage_collector
from told_datasets import tell_datasets
tell_datasets(None, [Path("/lake/landing/city_check")], [Path("/lake/standardised/payment")])
told = []
if type(get_hook_lineage_collector()).__name__ != "NoOpCollector":
    from airflow.providers.openlineage.extractors.manager import ExtractorManager
    found = ExtractorManager().get_hook_lineage()
    told = [[one.namespace, one.name] for one in [*found.inputs, *found.outputs]]
print(json.dumps(told))
"""


def test_openlineage_is_off_until_a_transport_is_set_and_then_tells_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert in_fresh_process(COLLECT, tmp_path) == []
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__TRANSPORT", '{"type": "console"}')
    assert in_fresh_process(COLLECT, tmp_path) == [
        ["file", "/lake/landing/city_check"], ["file", "/lake/standardised/payment"]]


def test_a_collector_is_given_addresses_once_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    collector = SimpleNamespace(
        add_input_asset=lambda task, uri: told.append(("read", uri)),
        add_output_asset=lambda task, uri: told.append(("wrote", uri)))
    monkeypatch.setattr("airflow.sdk.lineage.get_hook_lineage_collector", lambda: collector)
    told_datasets.tell_datasets(None, [tmp_path / "a"], [tmp_path / "b"])
    assert told == [("read", f"file://{tmp_path}/a"), ("wrote", f"file://{tmp_path}/b")]
