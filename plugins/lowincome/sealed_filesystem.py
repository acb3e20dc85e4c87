"""Sealed files as the engine sees them: under `sealed://`, read and written where they lie."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from fsspec.spec import AbstractFileSystem

from lowincome.keys import Keyring, keyring
from lowincome.sealed import PROTOCOL, OpenFile, SealedWriter, raw_file


class SealedFilesystem(AbstractFileSystem):  # type: ignore[misc]
    """What is written is sealed; what is read may lie in the clear from before there were keys."""

    protocol: ClassVar[str] = PROTOCOL
    cachable = False

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """Name and size of the content."""
        with raw_file(_place(path)) as file:
            return {"name": path, "size": file.size, "type": "file"}

    def exists(self, path: str, **options: Any) -> bool:
        """Whether the file is there."""
        return _place(path).exists()

    def glob(self, path: str, **options: Any) -> list[str]:
        """The path itself: files are named whole."""
        return [path]

    def modified(self, path: str) -> datetime:
        """When the file was last written."""
        return datetime.fromtimestamp(_place(path).stat().st_mtime, UTC)

    def mv(self, path1: str, path2: str, **options: Any) -> None:
        """Put a finished file in place."""
        os.replace(_place(path1), _place(path2))

    def _open(self, path: str, mode: str = "rb", **options: Any) -> OpenFile | SealedWriter:
        return SealedWriter(_place(path), _ring()) if "w" in mode else raw_file(_place(path))


def _ring() -> Keyring:
    """The keys; the engine writes to this filesystem only where there are some."""
    ring = keyring()
    if ring is None:
        raise LookupError("the keys were taken away while a file was being written")
    return ring


def _place(path: str) -> Path:
    return Path(path.removeprefix(f"{PROTOCOL}://"))
