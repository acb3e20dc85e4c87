"""A population that is too large for one sandbox: played in parts, whose deliveries become one.

A sandbox holds all its people in memory, some 9 GB a million. Parts share no household, person or identity number.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from lowincome.lake import Lake, digest, read_json, write_json
from lowincome.sources.spec import registry

from benchmarks.day.run import Place, dates

Entry = dict[str, Any]
RUN_ID = "0001"


def places(place: Place, parts: int) -> list[Place]:
    """A folder for each part's landings."""
    return [Place(place.folder / "parts" / str(part)) for part in range(parts)]


def merge(place: Place, parts: int, days: int) -> None:
    """One delivery a source and day of those of all parts."""
    lakes = [part.lake for part in places(place, parts)]
    for day in dates(days):
        for source in registry():
            if not place.is_landed(source, day):
                _merge([lake.landing(source, day, RUN_ID) for lake in lakes], place.lake, source, day)


def _merge(folders: list[Path], into: Lake, source: str, day: date) -> None:
    manifests = [read_json(folder / "manifest.json") for folder in folders]
    work = into.landings(source, day) / ".merging"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    files = list((_tables if registry()[source].reader == "parquet" else _pages)(folders, manifests, work))
    totals = sum((Counter(manifest["totals"]) for manifest in manifests), Counter[str]())
    write_json(work / "manifest.json", manifests[0] | {"files": files, "totals": totals})
    work.rename(into.landing(source, day, RUN_ID))


def _pages(folders: list[Path], manifests: list[Entry], work: Path) -> Iterator[Entry]:
    """Every file under a number of its own, in the order of the parts; nothing is copied."""
    numbers = Counter[str]()
    for folder, manifest in zip(folders, manifests, strict=True):
        for entry in manifest["files"]:
            numbers[entry["part"]] += 1
            stem, _, ending = entry["name"].partition(".")
            name = f"{stem.partition('-')[0]}-{numbers[entry['part']]:06d}.{ending}"
            os.link(folder / entry["name"], work / name)
            yield entry | {"name": name}


def _tables(folders: list[Path], manifests: list[Entry], work: Path) -> Iterator[Entry]:
    """A table of a database is one file, whoever delivered its rows."""
    for entry in manifests[0]["files"]:
        path = work / entry["name"]
        with pq.ParquetWriter(path, pq.read_schema(folders[0] / path.name)) as writer:
            for folder in folders:
                writer.write_table(pq.read_table(folder / path.name))
        yield entry | {"bytes": path.stat().st_size, "sha256": digest(path), "rows": pq.read_metadata(path).num_rows}
