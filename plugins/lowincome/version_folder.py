"""Versions of a published day: each a folder under `.versions`, named by the day and the digest of its manifest."""

import hashlib
from pathlib import Path

VERSIONS, MANIFEST = ".versions", "manifest.json"
Gone = set[tuple[str, str]]
"""Files that retention deleted with proof: `<version>/<name>` and digest."""


def name_of(data_date: str, manifest: bytes) -> str:
    """The name of a day's version, from the content of its manifest."""
    return named(data_date, hashlib.sha256(manifest).hexdigest())


def named(data_date: str, sha256: str) -> str:
    """The name of a day's version: `<data date>-<first 12 digits of the SHA-256 of its manifest>`."""
    return f"{data_date}-{sha256[:12]}"


def folders(output: Path) -> list[Path]:
    """The folders of all versions of all days, oldest day first."""
    return sorted((output / VERSIONS).glob("????-??-??-*"))


def files(folder: Path) -> dict[str, Path]:
    """By name within the folder whatever in it is no folder itself, a link that leads nowhere included."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if not path.is_dir()}
