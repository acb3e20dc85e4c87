"""The file drop over SFTP: the same rules, and a server that must be known."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lowincome.errors import ContractBroken, SettingsInvalid, SourceUnavailable
from lowincome.sources.connection import Connection

from tests.sources.stub import Page, land
from tests.sources.stub_sftp import PASSWORD, USER, SftpStub, running_sftp

PAGE = Page("rural_revitalization", "file_drop", {"file_pattern": "rr_monitor_{yyyymmdd}.csv", "needs_md5": True})
NAME = "rr_monitor_20261122.csv"
CONTENT = bytes(range(256)) * 5000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpStub]:
    drop = tmp_path / "root" / "drop"
    drop.mkdir(parents=True)
    (drop / NAME).write_bytes(CONTENT)
    (drop / f"{NAME}.md5").write_text(hashlib.md5(CONTENT).hexdigest())
    (drop / f"{NAME}.ok").touch()
    with running_sftp(tmp_path / "root") as running:
        yield running


def sftp(server: SftpStub, password: str = PASSWORD, **extra: Any) -> Connection:
    return Connection("rural_revitalization", "sftp", host="127.0.0.1", port=server.port, login=USER,
                      password=password, extra={"path": "/drop", "timeout": 5, **extra})


def test_the_days_file_comes_whole_from_a_known_server(server: SftpStub, tmp_path: Path) -> None:
    land(PAGE, sftp(server, host_key=server.host_key), tmp_path / "l")
    assert (tmp_path / "l" / "0001" / NAME).read_bytes() == CONTENT


def test_known_hosts_may_be_a_file(server: SftpStub, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"[127.0.0.1]:{server.port} {server.host_key}\n")
    assert land(PAGE, sftp(server, known_hosts=str(known)), tmp_path / "l").files == 1


def test_an_unknown_server_is_refused(server: SftpStub, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="host key is not known"):
        land(PAGE, sftp(server), tmp_path / "l")


def test_a_server_with_another_key_is_refused(server: SftpStub, tmp_path: Path) -> None:
    with running_sftp(tmp_path) as other, pytest.raises(ContractBroken, match="BadHostKey"):
        land(PAGE, sftp(server, host_key=other.host_key), tmp_path / "l")


def test_a_wrong_password_is_permanent_and_not_shown(server: SftpStub, tmp_path: Path) -> None:
    with pytest.raises(ContractBroken, match="Authentication") as caught:
        land(PAGE, sftp(server, "wrong-hush", host_key=server.host_key), tmp_path / "l")
    assert "hush" not in str(caught.value)


def test_a_folder_that_is_not_there_is_waited_for(server: SftpStub, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        land(PAGE, sftp(server, host_key=server.host_key, path="/none"), tmp_path / "l")


@pytest.mark.parametrize("extra", [{"host_key": "ssh-rsa"}, {"host_key": "x y"}, {"known_hosts": "/none"}])
def test_host_keys_that_cannot_be_read_say_so(extra: dict[str, str], server: SftpStub, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="host_key"):
        land(PAGE, sftp(server, **extra), tmp_path / "l")
