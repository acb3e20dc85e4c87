"""A day's folder becomes visible in one step: readers see the day before or this day, never half."""

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.lake import digest


def publish(output: Path, data_date: date, build: Callable[[Path], dict[str, Any]]) -> Path:
    """Build the folder aside, then swap `<output>/<D>` (a link) onto it.

    A day that is published again with other content keeps its earlier versions beside it: what was known then stays
    readable under `.versions`.
    """
    versions = output / ".versions"
    work = versions / f".{data_date.isoformat()}.part"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    build(work)
    final = versions / f"{data_date.isoformat()}-{digest(work / 'manifest.json')[:12]}"
    if final.exists():
        shutil.rmtree(work)
    else:
        _sync(work)
        os.rename(work, final)
    link = output / data_date.isoformat()
    _swap(link, Path(".versions") / final.name)
    return link


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
