"""A new version meets what an older one left: a register of an earlier revision, and days that were frozen before."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from alembic import command
from lowincome import chain_verbs, inquiry, run, steps
from lowincome.errors import AuditFailed
from lowincome.lake import Lake, read_json, write_table
from lowincome.register import ledger
from sqlalchemy import create_engine, inspect

from tests.small_day import D, answer, flags
from tests.test_replay import files

NEXT = D + timedelta(days=1)
EARLIER = "0005"
"""Before the database itself refused changes; what came later holds nothing of a day without answers."""


@pytest.fixture
def after_one_day(run_day: Callable[..., Path], ingest_day: Callable[..., str], tmp_path: Path) -> Path:
    """A home with one published day, whose next delivery has come."""
    run_day(facts=[answer("A04", quantity=1)])
    ingest_day(NEXT, removed="是")
    return tmp_path


def run_next(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The next day of a home; all that it has published."""
    monkeypatch.setenv("LOWINCOME_HOME", str(root / "home"))
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(root / "output"))
    for step in steps.DAY:
        step(NEXT.isoformat())
    return files(root / "output")


def test_an_older_register_is_migrated_with_its_rows_old_days_are_explained_and_the_next_day_is_the_same(
    after_one_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Path(shutil.copytree(tmp_path, tmp_path / "other", symlinks=True))
    url = f"sqlite:///{other / 'home' / 'register.db'}"
    with create_engine(url).begin() as connection:
        command.downgrade(ledger.migrations(connection), EARLIER)
        assert "answered_subject" not in inspect(connection).get_table_names()
    upgraded = run_next(other, monkeypatch)
    assert chain_verbs.verify_chain()["anchors"] == 2
    told = inquiry.explain(D.isoformat(), "B04", "assistance_roster:J1")
    assert (told["data_date"], told["district"]) == (D.isoformat(), "370102")
    assert run_next(tmp_path, monkeypatch) == upgraded


def test_a_day_is_not_computed_further_by_another_version_than_froze_it_but_anew(
    after_one_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = read_json(Lake(tmp_path / "home" / "lake").lock(D))
    newer = run.versions() | {"policy_version": "newer"}
    monkeypatch.setattr(run, "versions", lambda: newer)
    for step in steps.DAY[1:]:
        if step is not steps.return_errors:
            with pytest.raises(AuditFailed, match=r"another version.*policy_version \w+; found policy_version newer"):
                step(D.isoformat())
    before = flags(tmp_path / "output" / D.isoformat())
    for step in steps.DAY:
        step(D.isoformat())
    assert read_json(Lake(tmp_path / "home" / "lake").lock(D))["restates"] == frozen["run_id"]
    assert flags(tmp_path / "output" / D.isoformat()).keys() == before.keys()


def test_ids_last_over_an_upgrade_from_a_version_that_kept_record_keys_among_the_anchors(
    after_one_day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Path(shutil.copytree(tmp_path, tmp_path / "older", symlinks=True))
    stored = Lake(older / "home" / "lake").partition
    links, anchors = (pq.read_table(stored("resolved", name, D)) for name in ("person_link", "person_anchor"))
    keyed = links.filter(pc.is_valid(links["own_since"]))
    among = keyed.select(["record_key", "person_id", "own_since", "person_id"])
    anchors = pa.concat_tables([anchors, pa.table(among.columns, anchors.schema)])
    write_table(anchors, stored("resolved", "person_anchor", D))
    write_table(links.drop_columns(["own_id", "own_since"]), stored("resolved", "person_link", D))
    for root in (older, tmp_path):
        run_next(root, monkeypatch)
    found, expected = (pq.read_table(Lake(root / "home" / "lake").partition("resolved", "person_link", NEXT))
                       for root in (older, tmp_path))
    assert found == expected
    assert set(found.filter(pc.is_valid(found["own_since"]))["own_since"].to_pylist()) == {D}
