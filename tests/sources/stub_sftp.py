"""An SFTP server on loopback over one folder, by paramiko's own server side."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "jinan", "correct-horse"


class _Login(paramiko.ServerInterface):  # type: ignore[misc]
    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == (USER, PASSWORD)
        return int(paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


def _files(root: Path) -> type[Any]:
    class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
        def list_folder(self, path: str) -> Any:
            folder = root / path.strip("/")
            if not folder.is_dir():
                return paramiko.SFTP_NO_SUCH_FILE
            entries = []
            for name in sorted(os.listdir(folder)):
                entry = paramiko.SFTPAttributes.from_stat((folder / name).stat())
                entry.filename = name
                entries.append(entry)
            return entries

        def stat(self, path: str) -> Any:
            return paramiko.SFTPAttributes.from_stat((root / path.strip("/")).stat())

        def open(self, path: str, flags: int, attr: Any) -> Any:
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = (root / path.strip("/")).open("rb")
            handle.stat = lambda: self.stat(path)
            return handle

    return Files


@dataclass(frozen=True)
class SftpStub:
    port: int
    host_key: str


@contextmanager
def running_sftp(root: Path) -> Iterator[SftpStub]:
    """Serves until the block ends; one thread a session."""
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    sessions: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                opened, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(opened)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _files(root))
            sessions.append(transport)
            transport.start_server(event=threading.Event(), server=_Login())

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield SftpStub(int(listener.getsockname()[1]), f"{key.get_name()} {key.get_base64()}")
    finally:
        listener.close()
        for session in sessions:
            session.close()
