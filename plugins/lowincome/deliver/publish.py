"""A day's folder becomes visible in one step: readers see the day before or this day, never half."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.errors import AuditFailed
from lowincome.lake import digest
from lowincome.version_folder import MANIFEST, VERSIONS, Gone, files, name_of

SHOWN = 5
"""Files that one message names."""


def publish(
    output: Path, data_date: date, build: Callable[[Path], dict[str, Any]], deleted: Callable[[], Gone] = set
) -> Path:
    """Build the folder aside, then swap `<output>/<D>` (a link) onto it.

    A day that is published again with other content keeps its earlier versions beside it: what was known then stays
    readable under `.versions`. Raises AuditFailed, and leaves the link as it was, where the same version stands there
    already with other files than it was built with: what somebody changed is not published, and sealed, once more. A
    version of which retention deleted files (`deleted`: by `<version>/<name>` and digest) stands as retention left it.
    """
    versions = output / VERSIONS
    work = versions / f".{data_date.isoformat()}.part"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    build(work)
    final = versions / name_of(data_date.isoformat(), (work / MANIFEST).read_bytes())
    if final.exists():
        differ = _differ(work, final, deleted())
        shutil.rmtree(work)
        _refuse(final.name, differ)
    else:
        _sync(work)
        os.rename(work, final)
    link = output / data_date.isoformat()
    _swap(link, Path(VERSIONS) / final.name)
    return link


def _differ(built: Path, stands: Path, deleted: Gone) -> list[str]:
    """Files that two folders do not have alike, by name, but those that were deleted as they were built."""
    ours, theirs = files(built), files(stands)
    differ = sorted(name for name in ours.keys() | theirs.keys() if not _is_alike(ours.get(name), theirs.get(name)))
    return [name for name in differ
            if name in theirs or (f"{stands.name}/{name}", digest(ours[name])) not in deleted]


def _is_alike(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and other.is_file() and digest(one) == digest(other)


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
    for path in files(folder).values():
        with path.open("rb") as file:
            os.fsync(file.fileno())
