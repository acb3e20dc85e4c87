"""A file drop over SFTP. The server must be known: an unknown host key is refused, never learned."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, cast

import paramiko
from lowincome.errors import ContractBroken
from lowincome.sources.connection import Connection, invalid
from lowincome.sources.retry import Transient

PORT, SECONDS, REQUESTS_IN_FLIGHT = 22, 30.0, 64


class SftpDrop:
    """A folder of an SFTP server."""

    def __init__(self, client: paramiko.SFTPClient, folder: str) -> None:
        self._client, self._folder = client, folder.rstrip("/")

    def names(self) -> list[str]:
        names: list[str] = self._client.listdir(self._folder or "/")
        return names

    def stamp(self, name: str) -> tuple[int, float]:
        status = self._client.stat(f"{self._folder}/{name}")
        return int(status.st_size or 0), float(status.st_mtime or 0)

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        file = self._client.open(f"{self._folder}/{name}", "rb")
        file.prefetch(max_concurrent_requests=REQUESTS_IN_FLIGHT)
        return cast(AbstractContextManager[BinaryIO], file)


class _RefuseUnknownHost(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    def __init__(self, conn_id: str) -> None:
        self._conn_id = conn_id

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise invalid(self._conn_id, "the server's host key is not known",
                      "give it in extra as known_hosts (a file) or host_key (type and base64)")


@contextmanager
def sftp_drop(connection: Connection, folder: str) -> Iterator[SftpDrop]:
    """The folder, while the session is open. Extra: `known_hosts` or `host_key`, `key_file`, `timeout`."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(_RefuseUnknownHost(connection.conn_id))
    _trust(client, connection)
    try:
        with _ssh_faults(connection):
            session = _connect(client, connection)
            yield SftpDrop(session, folder)
    finally:
        client.close()


def _trust(client: paramiko.SSHClient, connection: Connection) -> None:
    """The host keys that may answer; the system's, a file's, or the one of the connection."""
    client.load_system_host_keys()
    known_hosts, host_key = connection.extra.get("known_hosts"), connection.extra.get("host_key")
    port = connection.port or PORT
    name = connection.host if port == PORT else f"[{connection.host}]:{port}"
    try:
        if known_hosts:
            client.load_host_keys(str(known_hosts))
        if host_key:
            kind, _, encoded = str(host_key).partition(" ")
            entry = paramiko.hostkeys.HostKeyEntry.from_line(f"{name} {kind} {encoded.split()[0]}")
            if entry is None or entry.key is None:
                raise ValueError
            client.get_host_keys().add(name, kind, entry.key)
    except (OSError, ValueError, IndexError, paramiko.SSHException, paramiko.hostkeys.InvalidHostKey):
        raise invalid(connection.conn_id, "extra.known_hosts or extra.host_key cannot be read",
                      "host_key is a key type and its base64, known_hosts a readable file") from None


def _connect(client: paramiko.SSHClient, connection: Connection) -> paramiko.SFTPClient:
    seconds, key_file = connection.number("timeout", SECONDS), connection.extra.get("key_file")
    client.connect(
        connection.host, connection.port or PORT, connection.login or None,
        password=None if key_file else connection.password or None,
        key_filename=str(key_file) if key_file else None, passphrase=connection.password if key_file else None,
        timeout=seconds, banner_timeout=seconds, auth_timeout=seconds, allow_agent=False, look_for_keys=False,
    )
    session = client.open_sftp()
    channel = session.get_channel()
    if channel is not None:
        channel.settimeout(seconds)
    return session


@contextmanager
def _ssh_faults(connection: Connection) -> Iterator[None]:
    """A wrong key or password lasts; anything else of the line may pass."""
    try:
        yield
    except (paramiko.AuthenticationException, paramiko.BadHostKeyException) as error:
        raise ContractBroken(
            what=f"the SFTP server and we do not accept each other ({type(error).__name__})",
            where=connection.conn_id, next_step="compare login, key and host key with the publisher",
        ) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise Transient(f"SFTP failed ({type(error).__name__})") from None
