"""A person's word that a snapshot much smaller than the last is right: about one delivery, and about no other."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.errors import ContractBroken
from lowincome.lake import Lake, read_json
from lowincome.sources.standardise import source_day

Manifest = dict[str, Any]


def acceptance(lake: Lake, source: str, data_date: date) -> Path:
    """Where the word about a day's delivery is kept."""
    return lake.root / "accepted_shrink" / source / f"{data_date.isoformat()}.json"


def delivered(manifest: Manifest) -> str:
    """A digest of what was landed: the same bytes fetched again are the same delivery."""
    files = sorted(f"{entry['part']} {entry['sha256']}" for entry in manifest["files"])
    return hashlib.sha256("\n".join(files).encode()).hexdigest()


def is_accepted(lake: Lake, manifest: Manifest) -> bool:
    """Whether somebody vouched for this delivery; a word of before that names none is about any of its day."""
    path = acceptance(lake, manifest["source"], date.fromisoformat(manifest["data_date"]))
    return path.exists() and read_json(path).get("landed") in (None, delivered(manifest))


def refused_delivery(lake: Lake, source: str, data_date: date) -> Manifest:
    """The newest delivery of a day, which was refused because it shrank; ContractBroken where that is not so."""
    day, landing = source_day.read(lake, source, data_date), source_day.newest_landing(lake, source, data_date)
    if day is None or landing is None or not _has_shrunk(day) or day["run_id"] != landing.name:
        raise ContractBroken(
            what="no shrunken delivery waits to be accepted", where=f"{source} {data_date}",
            expected="a newest delivery that was refused by delivery.not_shrunk",
            found=f"the day is {day['state']}" if day else "no such day of this source",
            next_step="nothing was recorded; fetch and standardise the day first, and accept what is refused then",
        )
    manifest: Manifest = read_json(landing / "manifest.json")
    return manifest


def _has_shrunk(day: source_day.Record) -> bool:
    failed = {result["expectation"] for result in day["expectations"] if not result["success"]}
    return day["state"] == "refused" and "not_shrunk" in failed
