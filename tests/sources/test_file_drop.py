"""File drops: `.ok`, md5, and which correction counts."""

import hashlib
from pathlib import Path

import pytest
from lowincome.errors import ContractBroken, SettingsInvalid, SourceUnavailable
from lowincome.sources.connection import Connection
from lowincome.sources.file_drop import newest_finished

from tests.sources.stub import Page, land, manifest

RURAL = Page("rural_revitalization", "file_drop", {"file_pattern": "rr_monitor_{yyyymmdd}.csv", "needs_md5": True})
FEDERATION = Page("disabled_federation", "file_drop", {"file_pattern": "cl_cert_{yyyymmdd}.xlsx", "needs_md5": False})
NAME = "rr_monitor_20261122.csv"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    (tmp_path / "drop").mkdir()
    return tmp_path / "drop"


def fs(folder: Path) -> Connection:
    return Connection("rural_revitalization", "fs", extra={"path": str(folder)})


def put(folder: Path, name: str, content: bytes = b"x", md5: str | None = "{}", ok: bool = True) -> None:
    (folder / name).write_bytes(content)
    if md5 is not None:
        digest = hashlib.md5(content).hexdigest()
        (folder / f"{name}.md5").write_text(md5.format(digest, digest.upper()))
    if ok:
        (folder / f"{name}.ok").touch()


def test_the_days_file_is_landed_under_its_own_name(drop: Path, tmp_path: Path) -> None:
    put(drop, NAME, "\ufeff户编号\r\n".encode("gb18030"))
    put(drop, "rr_monitor_20261121.csv", b"yesterday")
    reference = land(RURAL, fs(drop), tmp_path / "l")
    assert (tmp_path / "l" / "0001" / NAME).read_bytes() == (drop / NAME).read_bytes()
    assert [(e["name"], e["part"], e["rows"]) for e in manifest(tmp_path / "l")["files"]] == [(NAME, "file", None)]
    assert (reference.mode, reference.files) == ("full", 1)


@pytest.mark.parametrize("md5", ["{}", "{1}", "{}  rr_monitor.csv\n", "{1} *x"])
def test_an_md5_of_either_case_with_or_without_a_name_is_read(md5: str, drop: Path, tmp_path: Path) -> None:
    put(drop, NAME, md5=md5)
    assert land(RURAL, fs(drop), tmp_path / "l").files == 1


@pytest.mark.parametrize(("names", "expected"), [
    (["f.csv.ok"], "f.csv"),
    (["f.csv.ok", "f_1.csv.ok"], "f_1.csv"),
    (["f_2.csv.ok", "f_10.csv.ok", "f_9.csv.ok", "f.csv.ok"], "f_10.csv"),
    (["f_10.csv", "f_9.csv.ok", "f_x.csv.ok", "f_11.csv.ok.tmp", "ff.csv.ok"], "f_9.csv"),
    (["f_0.csv.ok", "f.csv.ok"], "f_0.csv"),
    (["f.csv", "fxcsv.ok"], None),
])
def test_the_highest_finished_correction_counts(names: list[str], expected: str | None) -> None:
    assert newest_finished(names, "f.csv") == expected


def test_a_correction_replaces_the_days_file(drop: Path, tmp_path: Path) -> None:
    put(drop, NAME, b"first")
    put(drop, "rr_monitor_20261122_2.csv", b"second")
    put(drop, "rr_monitor_20261122_10.csv", b"tenth")
    put(drop, "rr_monitor_20261122_11.csv", b"unfinished", ok=False)
    land(RURAL, fs(drop), tmp_path / "l")
    assert [e["name"] for e in manifest(tmp_path / "l")["files"]] == ["rr_monitor_20261122_10.csv"]


def test_without_ok_the_file_is_not_there_yet(drop: Path, tmp_path: Path) -> None:
    put(drop, NAME, ok=False)
    with pytest.raises(SourceUnavailable, match="not there yet"):
        land(RURAL, fs(drop), tmp_path / "l")
    assert not (tmp_path / "l" / "0001").exists()


@pytest.mark.parametrize(("md5", "words"), [
    ("0" * 32, "does not match its md5"), (None, "without its md5"), ("", "cannot be read"),
    ("{}00", "cannot be read"), ("md5: {}", "cannot be read"),
])
def test_a_wrong_md5_refuses_the_file(md5: str | None, words: str, drop: Path, tmp_path: Path) -> None:
    put(drop, NAME, md5=md5)
    with pytest.raises(ContractBroken, match=words):
        land(RURAL, fs(drop), tmp_path / "l")
    assert not (tmp_path / "l" / "0001").exists()


def test_a_wrong_correction_is_refused_and_the_earlier_file_not_taken(drop: Path, tmp_path: Path) -> None:
    put(drop, NAME)
    put(drop, "rr_monitor_20261122_1.csv", md5="0" * 32)
    with pytest.raises(ContractBroken, match=r"_1.csv"):
        land(RURAL, fs(drop), tmp_path / "l")


def test_an_ok_without_its_file_is_refused(drop: Path, tmp_path: Path) -> None:
    (drop / f"{NAME}.ok").touch()
    with pytest.raises(ContractBroken, match="without its file"):
        land(RURAL, fs(drop), tmp_path / "l")


def test_a_workbook_needs_no_md5(drop: Path, tmp_path: Path) -> None:
    put(drop, "cl_cert_20261122.xlsx", md5=None)
    assert land(FEDERATION, fs(drop), tmp_path / "l").files == 1


def test_a_folder_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        land(RURAL, fs(tmp_path / "none"), tmp_path / "l")


@pytest.mark.parametrize("connection", [Connection("r", "fs"), Connection("r", "ftp", extra={"path": "/"})])
def test_a_wrong_connection_says_so(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="connection r"):
        land(RURAL, connection, tmp_path / "l")
