"""Retention: what is older than its months is deleted with proof; what something still needs stays.

Digest, path and size of every file are sealed in the audit chain before the first is deleted. Kept whatever their age:
locks, manifests and the validation of every day; every input that the lock of a kept day names; all of a day on which a
flag that is still open began, or of which an evidence pack was made; and the landings that records behind open flags
and in packs came from. Nothing needs a filled worklist any more: what it says stands in the register.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import create_engine

from lowincome import lineage, version_folder
from lowincome.chain_verbs import anchor_chain, seal_decision
from lowincome.deliver import answers
from lowincome.errors import SettingsInvalid
from lowincome.lake import Lake, digest, read_json, write_json
from lowincome.register import chain, dispositions, ledger, traces
from lowincome.run import read_run
from lowincome.settings import INCLUDE, read_settings
from lowincome.shanghai import local
from lowincome.sources.spec import registry
from lowincome.version_folder import MANIFEST, VERSIONS

LAYERS = {"landing": "landing", "standardised": "standardised", "resolved": "computed", "households": "computed",
          "outcomes": "computed", "returns": "computed", "decisions": "computed", "lineage": "computed"}
"""Folder of the lake → the months that hold for it."""
KINDS = ("landing", "standardised", "computed", "published", "answers")
STAYS = (MANIFEST, "validation/")
Counts = dict[str, int]


@dataclass(frozen=True)
class Stored:
    """A file with the data date that it describes or the day it came. `source` is set in landing and standardised."""

    path: Path
    kind: str
    day: date
    source: str | None = None


@dataclass(frozen=True)
class Needed:
    """What stays whatever its age: whole days, what came from a source on a day, and single files."""

    days: frozenset[date]
    deliveries: frozenset[tuple[str, date]]
    files: frozenset[Path]

    def is_for(self, file: Stored) -> bool:
        """Whether something still needs the file."""
        is_delivery = file.source is not None and (file.source, file.day) in self.deliveries
        return file.day in self.days or is_delivery or file.path in self.files


def delete_expired(data_date: str, is_rehearsal: bool = False) -> Counts:
    """Delete what is older than its months on a data date; files deleted (or that would be) by kind.

    `data_date` is the newest day that was run. The proof is kept under `deleted` in the lake and sealed.
    """
    settings, day = read_settings(), date.fromisoformat(data_date)
    lake = Lake(settings.lake)
    with lake.alone("retention"):
        stored = [*_stored(lake), *_published(settings.output)]
        needed = _needed(lake, settings.register_url, day)
        expired = [file for file in stored if _is_old(file, day) and not needed.is_for(file)]
        expired += _unlisted(lake, settings.output, {file.path for file in expired})
        expired += [file for file in _answers(settings.home, settings.register_url) if _is_old(file, day)]
        if expired and not is_rehearsal:
            _delete(lake, data_date, expired)
        return {kind: sum(file.kind == kind for file in expired) for kind in KINDS}


def read_months(page: Path = INCLUDE / "retention.yaml") -> dict[str, int]:
    """Months by kind; SettingsInvalid when one is missing or less than one."""
    months = yaml.safe_load(page.read_text("utf-8"))
    if not isinstance(months, dict) or set(months) != set(KINDS) or not all(
            type(value) is int and value > 0 for value in months.values()):
        raise SettingsInvalid(what="months of retention are wrong", where=page.name,
                              expected=f"whole months from 1 for {', '.join(KINDS)}", next_step="correct the page")
    return months


def _is_old(file: Stored, day: date) -> bool:
    return file.day < _oldest(day, read_months()[file.kind])


def _oldest(day: date, months: int) -> date:
    """The oldest data date that is kept: the first of the month so many months before."""
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


def _stored(lake: Lake) -> Iterator[Stored]:
    for folder, kind in LAYERS.items():
        for path in sorted(path for path in (lake.root / folder).rglob("*") if path.is_file()):
            found = _day_and_source(folder, path.relative_to(lake.root / folder).parts)
            if found:
                yield Stored(path, kind, *found)


def _day_and_source(folder: str, parts: tuple[str, ...]) -> tuple[date, str | None] | None:
    """The date in a path, written as the layer writes it; None for records that stay."""
    named = dict(part.split("=", 1) for part in parts if "=" in part)
    text = named.get("data_date") or {"landing": parts[1], "lineage": parts[0]}.get(folder, "")
    source = named.get("source") or (parts[0] if folder == "landing" else None)
    try:
        return date.fromisoformat(text), source
    except ValueError:
        return None


def _published(output: Path) -> Iterator[Stored]:
    for folder in version_folder.folders(output):
        for name, path in version_folder.files(folder).items():
            if path.is_file() and not name.startswith(STAYS):
                yield Stored(path, "published", date.fromisoformat(folder.name[:10]))


def _answers(home: Path, url: str) -> Iterator[Stored]:
    """Filled worklists and what came back of them, by the day they came in.

    The register knows it of a list from the folder, where it lies as its author saved it; the others we wrote that day.
    """
    came = {sha256[:16]: moment for sha256, moment in dispositions.files_received(url).items()}
    for folder in (answers.imported(home, "").parent, answers.returned(home, "").parent):
        for path in sorted(path for path in folder.glob("*") if path.is_file()):
            moment = came.get(path.stem) or datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield Stored(path, "answers", local(moment).date())


def _unlisted(lake: Lake, output: Path, expired: set[Path]) -> list[Stored]:
    """Copies of locked workbooks that no list or error return of a kept day is any more."""
    held = {digest(path) for path in output.glob(f"{VERSIONS}/*/*/*.xlsx") if path not in expired}
    copies = sorted((lake.root / "locked_worklists").glob("*.xlsx"))
    return [Stored(path, "published", date.min) for path in copies if expired and digest(path) not in held]


def _needed(lake: Lake, url: str, day: date) -> Needed:
    ledger.migrate(url)
    register = create_engine(url)
    began = ledger.open_flags(url, date.max).column("first_seen").to_pylist()
    packs = traces.packs(register)
    days = frozenset(began) | {one for one, _ in packs}
    oldest = _oldest(day, read_months()["computed"])
    locks = {one: read_json(lake.lock(one)) for one in _locked_days(lake) if one in days or one >= oldest}
    deliveries = {(source, date.fromisoformat(entry["as_of"])) for one, lock in locks.items() if one in days
                  for source, entry in lock["sources"].items() if entry["as_of"]}
    files = {lake.root / path for lock in locks.values() for path in _paths(lock)}
    behind = _behind_open_flags(lake) | _behind_packs(lake, packs)
    return Needed(days, frozenset(deliveries | behind), frozenset(files))


def _locked_days(lake: Lake) -> list[date]:
    return sorted(date.fromisoformat(path.parent.name) for path in lake.root.glob("runs/*/run.lock.json"))


def _paths(lock: Any) -> Iterator[str]:
    """Every file that a lock names."""
    if isinstance(lock, dict):
        if "path" in lock and "sha256" in lock:
            yield lock["path"]
        for part in lock.values():
            yield from _paths(part)


def _behind_open_flags(lake: Lake) -> set[tuple[str, date]]:
    """What the newest state of every record behind an open flag came from: source and day of the delivery."""
    newest = lineage.indexed_days(lake)[-1:]
    keys = lineage.behind_open_flags(lake, newest[0]) if newest else []
    return {(row["source"], row["data_date"]) for source in registry()
            for row in lineage.days_of_arrival(lake, source, keys)}


def _behind_packs(lake: Lake, packs: list[tuple[date, str]]) -> set[tuple[str, date]]:
    """What the rows in evidence packs came from, as the locks of their days had them."""
    deliveries = set()
    for day, person_id in packs:
        run = read_run(lake, day)
        keys = lineage.keys_of_person(run, person_id)
        deliveries |= {(row["source"], row["data_date"]) for source, page in registry().items()
                       for row in lineage.arrivals_of_run(run, source, page.load == "full", keys)}
    return deliveries


def _delete(lake: Lake, data_date: str, expired: list[Stored]) -> None:
    """Seal what is to go, let it go, and anchor the head."""
    home = lake.root.parent
    proof = {"data_date": data_date, "months": read_months(), "files": [
        {"path": _named(file.path, home), "sha256": digest(file.path), "bytes": file.path.stat().st_size}
        for file in expired]}
    name = f"{data_date}-{hashlib.sha256(chain.canonical(proof)).hexdigest()[:12]}"
    write_json(lake.root / "deleted" / f"{name}.json", proof)
    seal_decision("deleted", name, proof)
    for file in expired:
        file.path.unlink()
        if file.kind != "answers":  # people drop their lists there: the folder stays, with its rights
            _prune(file.path.parent)
    anchor_chain()


def _named(path: Path, home: Path) -> str:
    """A path without the machine's own part of it."""
    return str(path.relative_to(home)) if path.is_relative_to(home) else "/".join(path.parts[-4:])


def _prune(folder: Path) -> None:
    """Remove a folder that holds nothing any more, and those above it."""
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
