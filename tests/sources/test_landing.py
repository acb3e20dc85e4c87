"""The landing: put once, whole or not at all."""

import hashlib
import json
import os
from datetime import date
from pathlib import Path

import pytest
from lowincome.errors import AuditFailed
from lowincome.sources.landing import Delivery, LandingWriter

DAY = date(2026, 11, 22)
DELIVERY = Delivery(None, "by hand", {"file": 2})


def put(folder: Path) -> None:
    with LandingWriter(folder) as writer:
        writer.put("a.csv", "file", b"one\n", 1)
        writer.commit("s", DAY, DELIVERY, "2026-11-23T00:30:00+00:00")


def test_the_manifest_names_every_file_by_digest_size_and_rows(tmp_path: Path) -> None:
    put(tmp_path / "0001")
    shown = json.loads((tmp_path / "0001" / "manifest.json").read_text())
    assert shown["files"] == [{
        "name": "a.csv", "part": "file", "rows": 1, "bytes": 4, "sha256": hashlib.sha256(b"one\n").hexdigest()}]
    assert (shown["run_id"], shown["mode"], shown["complete"], shown["contract_version"]) == ("0001", "full", True, "1")


def test_a_second_landing_under_one_run_id_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    put(tmp_path / "0001")
    with pytest.raises(AuditFailed, match="landed before"), LandingWriter(tmp_path / "0001"):
        raise AssertionError("the block must not be entered")


def test_two_landings_of_one_run_id_at_a_time_are_refused(tmp_path: Path) -> None:
    with LandingWriter(tmp_path / "0001") as writer:
        writer.put("a.csv", "file", b"one\n", 1)
        with pytest.raises(AuditFailed, match="another process"), LandingWriter(tmp_path / "0001"):
            raise AssertionError("the block must not be entered")
        writer.commit("s", DAY, DELIVERY, "")
    assert (tmp_path / "0001" / "a.csv").read_bytes() == b"one\n"


def test_nothing_is_seen_before_the_commit_and_nothing_stays_without_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), LandingWriter(tmp_path / "0001") as writer:
        writer.put("a.csv", "file", b"one\n", 1)
        assert list(tmp_path.glob("*/*")) == [tmp_path / ".partial" / "0001"]
        raise ZeroDivisionError
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_crash_left_behind_is_never_part_of_the_next_try(tmp_path: Path) -> None:
    left = tmp_path / ".partial" / "0001"
    left.mkdir(parents=True)
    (left / "old.csv").write_text("old")
    put(tmp_path / "0001")
    assert sorted(os.listdir(tmp_path / "0001")) == ["a.csv", "manifest.json"]


def test_discard_forgets_files_and_their_entries(tmp_path: Path) -> None:
    with LandingWriter(tmp_path / "0001") as writer:
        writer.put("a.csv", "file", b"one\n", 1)
        writer.discard()
        writer.put("a.csv", "file", b"two\n", 1)
        assert writer.commit("s", DAY, DELIVERY, "").files == 1
    assert (tmp_path / "0001" / "a.csv").read_bytes() == b"two\n"


def test_a_sink_that_starts_over_holds_only_what_came_after(tmp_path: Path) -> None:
    with LandingWriter(tmp_path / "0001") as writer:
        with writer.file("a.csv", "file") as sink:
            sink.write(b"half a")
            sink.restart()
            sink.write(b"whole")
        assert (sink.size, sink.sha256) == (5, hashlib.sha256(b"whole").hexdigest())
        writer.commit("s", DAY, DELIVERY, "")
    assert (tmp_path / "0001" / "a.csv").read_bytes() == b"whole"


@pytest.mark.parametrize("name", ["../a", "a/b", ".hidden", "manifest.json"])
def test_a_file_stays_in_its_landing(name: str, tmp_path: Path) -> None:
    with LandingWriter(tmp_path / "0001") as writer, pytest.raises(ValueError, match="plain"):
        writer.put(name, "file", b"", None)
