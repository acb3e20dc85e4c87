"""A published day against the chain: whoever changes a file, or a file with its manifest, is found."""

import os
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from lowincome import chain_verbs, retention, steps
from lowincome.chain_verbs import seal_decision, seal_published
from lowincome.errors import AuditFailed
from lowincome.lake import digest, read_json, write_json
from lowincome.settings import read_settings

from tests.small_day import D, answer

DAY = D.isoformat()


@pytest.fixture
def folder(run_day: Callable[..., Path]) -> Path:
    """A published day with its lists, as readers open it."""
    return run_day(facts=[answer("A04", quantity=1)])


def told(since: date = date.min) -> str:
    """What the verification says; nothing when everything is as it was sealed."""
    try:
        chain_verbs.verify_chain(since)
    except AuditFailed as failed:
        return failed.found
    return ""


def worklist(folder: Path) -> str:
    return str(min(folder.glob("worklists/*")).relative_to(folder))


def correct(folder: Path, name: str) -> None:
    """Write the digest that a changed file has now into the manifest."""
    manifest = read_json(folder / "manifest.json")
    manifest["outputs"][name]["sha256"] = digest(folder / name)
    write_json(folder / "manifest.json", manifest)


def test_days_that_nobody_touched_are_as_they_were_sealed_also_where_one_was_published_twice(
    folder: Path, run_day: Callable[..., Path]
) -> None:
    steps.publish(DAY)
    assert told() == ""
    run_day(facts=[answer("A04", quantity=1)], rural_revitalization=None)
    assert len(list((folder.parent / ".versions").iterdir())) == 2
    assert told() == ""


@pytest.mark.parametrize("which", ["flags.csv", "worklist", "validation/results.json"])
def test_a_changed_and_a_lost_file_are_named_by_version_and_name(folder: Path, which: str) -> None:
    name = worklist(folder) if which == "worklist" else which
    (folder / name).write_bytes(b"another")
    assert told() == f"published {folder.resolve().name}/{name}: changed"
    (folder / name).unlink()
    assert told() == f"published {folder.resolve().name}/{name}: missing"


def test_files_are_read_of_the_days_that_are_asked_for_and_manifests_of_all(folder: Path) -> None:
    (folder / "flags.csv").write_bytes(b"another")
    assert told(since=D).endswith("/flags.csv: changed")
    assert told(since=D + timedelta(days=1)) == ""
    correct(folder, "flags.csv")
    assert told(since=D + timedelta(days=1)).endswith("/manifest.json: never sealed")


def test_a_file_that_was_never_published_is_named(folder: Path) -> None:
    (folder / "worklists" / "more.xlsx").write_bytes(b"more")
    assert told() == f"published {folder.resolve().name}/worklists/more.xlsx: never published"


def test_a_changed_file_whose_manifest_was_corrected_is_found_and_not_published_again(folder: Path) -> None:
    (folder / "flags.csv").write_bytes(b"another")
    correct(folder, "flags.csv")
    found = f"published {folder.resolve().name}/manifest.json: never sealed"
    assert told() == found
    with pytest.raises(AuditFailed, match=r"of flags\.csv, manifest\.json; next"):
        steps.publish(DAY)
    with pytest.raises(AuditFailed, match="not the one that was published"):
        seal_published(folder, DAY, read_json(folder / "manifest.json")["run_id"])
    assert told() == found


def test_a_changed_version_under_another_name_is_found_where_the_day_leads_to_it(folder: Path) -> None:
    (folder / "flags.csv").write_bytes(b"another")
    correct(folder, "flags.csv")
    other = folder.parent / ".versions" / f"{DAY}-{digest(folder / 'manifest.json')[:12]}"
    folder.resolve().rename(other)
    folder.unlink()
    os.symlink(other, folder)
    lost = f"published {DAY}/{read_json(folder / 'manifest.json')['run_id']}: version missing"
    assert told() == f"published {other.name}/manifest.json: never sealed; {lost}"
    folder.unlink()
    other.rename(folder)
    assert told() == f"published {DAY}/manifest.json: never sealed; {lost}"


def test_a_day_that_leads_to_the_version_of_another_day_is_found(folder: Path) -> None:
    next_day = folder.with_name((D + timedelta(days=1)).isoformat())
    os.symlink(folder.resolve(), next_day)
    assert told() == f"published {next_day.name}/manifest.json: never sealed"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_manifest_that_cannot_be_read_or_is_gone_is_found(folder: Path, text: str) -> None:
    version = folder.resolve().name
    (folder / "manifest.json").write_text(text, "utf-8")
    assert told() == f"published {version}/manifest.json: never sealed"
    (folder / "manifest.json").unlink()
    assert told() == f"published {version}/manifest.json: missing"


@pytest.mark.parametrize(("is_sealed", "is_other"), [(True, False), (False, False), (True, True)])
def test_a_file_may_be_gone_only_by_a_sealed_proof_that_names_it_with_its_digest(
    folder: Path, tmp_path: Path, is_sealed: bool, is_other: bool
) -> None:
    name, version = worklist(folder), folder.resolve().name
    sha256 = "0" * 64 if is_other else digest(folder / name)
    proof = {"data_date": DAY, "files": [{"path": f".versions/{version}/{name}", "sha256": sha256}]}
    write_json(tmp_path / "home" / "lake" / "deleted" / "proof.json", proof)
    if is_sealed:
        seal_decision("deleted", "proof", proof)
    (folder / name).unlink()
    assert told() == ("" if is_sealed and not is_other else f"published {version}/{name}: missing")


def test_a_version_that_is_gone_whole_and_a_day_that_leads_nowhere_are_named(folder: Path) -> None:
    version, run_id = folder.resolve(), read_json(folder / "manifest.json")["run_id"]
    folder.unlink()
    assert told() == f"published {DAY}: missing"
    shutil.move(version, version.parents[2] / "evidence")
    assert told(since=D + timedelta(days=1)) == f"published {DAY}: missing; published {DAY}/{run_id}: version missing"
    steps.publish(DAY)
    assert told() == ""


def test_an_earlier_version_that_is_gone_whole_is_named_by_its_run(
    folder: Path, run_day: Callable[..., Path]
) -> None:
    first, run_id = folder.resolve(), read_json(folder / "manifest.json")["run_id"]
    run_day(facts=[answer("A04", quantity=1)], rural_revitalization=None)
    shutil.rmtree(first)
    assert told() == f"published {DAY}/{run_id}: version missing"


def test_what_retention_deletes_is_missed_by_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_needed", lambda *_: retention.Needed(frozenset(), frozenset(), frozenset()))
    retention.delete_expired("2032-01-01")
    assert not (folder / "flags.csv").exists()
    assert told() == ""


def test_a_day_of_which_retention_deleted_files_is_published_again_as_retention_left_it(folder: Path) -> None:
    gone, version = folder / worklist(folder), folder.resolve().name
    proof = {"data_date": DAY, "files": [
        {"path": f".versions/{version}/{gone.relative_to(folder)}", "sha256": digest(gone)}]}
    write_json(read_settings().lake / "deleted" / "proof.json", proof)
    seal_decision("deleted", "proof", proof)
    gone.unlink()
    assert steps.publish(DAY)["state"] == "complete"
    assert (gone.exists(), told()) == (False, "")
    gone.write_bytes(b"another")
    with pytest.raises(AuditFailed, match=rf"of {gone.relative_to(folder)}; next"):
        steps.publish(DAY)
    gone.unlink()
    (folder / "links.csv").unlink()
    with pytest.raises(AuditFailed, match=r"of links\.csv; next"):
        steps.publish(DAY)
