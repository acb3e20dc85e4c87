"""A day's folder becomes visible in one step: readers see the day before or this day, never half."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.errors import AuditFailed
from lowincome.lake import digest

SHOWN = 5
"""Files that one message names."""


def publish(output: Path, data_date: date, build: Callable[[Path], dict[str, Any]]) -> Path:
    """Build the folder aside, then swap `<output>/<D>` (a link) onto it.

    A day that is published again with other content keeps its earlier versions beside it: what was known then stays
    readable under `.versions`. Raises AuditFailed, and leaves the link as it was, where the same version stands there
    already with other files than it was built with: what somebody changed is not published, and sealed, once more.
    """
    versions = output / ".versions"
    work = versions / f".{data_date.isoformat()}.part"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    build(work)
    final = versions / f"{data_date.isoformat()}-{digest(work / 'manifest.json')[:12]}"
    if final.exists():
        differ = _differ(work, final)
        shutil.rmtree(work)
        _refuse(final.name, differ)
    else:
        _sync(work)
        os.rename(work, final)
    link = output / data_date.isoformat()
    _swap(link, Path(".versions") / final.name)
    return link


def _differ(built: Path, stands: Path) -> list[str]:
    """Files that two folders do not have alike, by name."""
    return sorted({name for name, _ in _digests(built) ^ _digests(stands)})


def _digests(folder: Path) -> set[tuple[str, str]]:
    return {(str(path.relative_to(folder)), digest(path)) for path in folder.rglob("*") if path.is_file()}


def _refuse(version: str, differ: list[str]) -> None:
    if differ:
        more = f" and {len(differ) - SHOWN} more" if len(differ) > SHOWN else ""
        raise AuditFailed(
            what="a published version was changed since", where=version, expected="what this run has built",
            found=f"other content, or none, of {', '.join(differ[:SHOWN])}{more}",
            next_step="nothing was published; tell the security office, move the folder out of .versions as evidence, "
            "then publish the day again")


def _swap(link: Path, target: Path) -> None:
    temporary = link.with_name(f".{link.name}.link")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    os.replace(temporary, link)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
