"""Published days: a day exists for readers once `<output>/<D>/manifest.json` does."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from lowincome.errors import AuditFailed
from lowincome.lake import digest, read_json


class PublishedChanged(AuditFailed):
    """A file is not what was published; nothing of it is handed out."""


WITH_EXACT_KEYS = ("flags.csv", "links.csv", "discrepancies.csv")
"""Machines join on them, so a number that a source made of an ID stands there whole."""
EVIDENCE = (*WITH_EXACT_KEYS, "validation/")


def published_days(output: Path) -> list[date]:
    """Every published data date, newest first."""
    return sorted((day for day in map(_day, output.glob("*-*-*/manifest.json")) if day is not None), reverse=True)


def newest_day(output: Path) -> date | None:
    """The newest published data date."""
    return next(iter(published_days(output)), None)


def manifest(output: Path, day: date) -> dict[str, Any]:
    """The day's manifest: run, state, sources and outputs with their digests."""
    return _read(output / day.isoformat() / "manifest.json")


def results(output: Path, day: date) -> dict[str, Any]:
    """The day's validation results: sources, expectations and flags by rule."""
    return _read(output / day.isoformat() / "validation" / "results.json")


def recent_results(output: Path, days: int) -> list[dict[str, Any]]:
    """Results of the newest published days, oldest first."""
    return [results(output, day) for day in reversed(published_days(output)[:days])]


def held_districts(output: Path, day: date) -> frozenset[str]:
    """Districts whose list of the day waits for somebody to release it."""
    lists = results(output, day).get("worklists", {})
    return frozenset(code for code, entry in lists.items() if entry["held_because"])


def evidence(output: Path, day: date) -> Iterable[tuple[str, dict[str, Any]]]:
    """Published files that hold keys and counts, no names or phones, by path; those that retention left."""
    outputs = manifest(output, day)["outputs"]
    return [(path, entry) for path, entry in sorted(outputs.items())
            if path.startswith(EVIDENCE) and (output / day.isoformat() / path).exists()]


def workbooks(output: Path, day: date, districts: Iterable[str]) -> dict[str, str]:
    """District → path of its published workbook, for these districts only."""
    paths = (path for path in manifest(output, day)["outputs"] if path.startswith("worklists/"))
    own = {path.removeprefix("worklists/")[:6]: path for path in paths}
    return {code: own[code] for code in districts if code in own}


def unchanged(output: Path, day: date, path: str) -> Path:
    """A file that the day's manifest names, to be handed out now; PublishedChanged where it is another or gone."""
    file = output / day.isoformat() / path
    if not file.is_file() or digest(file) != manifest(output, day)["outputs"][path]["sha256"]:
        raise PublishedChanged(
            what="a published file was changed", where=f"{day} {path}", expected="the digest in its manifest",
            next_step="nothing was handed out; see docs/audit-chain.md, When it does not hold")
    return file


def _day(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.parent.name)
    except ValueError:
        return None


def _read(path: Path) -> dict[str, Any]:
    """Published files never change under their real path, so reading one once is enough."""
    return _read_version(path.resolve(strict=True))


@lru_cache(maxsize=256)
def _read_version(path: Path) -> dict[str, Any]:
    return dict(read_json(path))
