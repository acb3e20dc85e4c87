"""A source's day that was standardised once is copied where another test asks for the same one.

Many tests differ from one another in one source of six. What standardising gives follows from the source's own
deliveries, from the record of its days (which names its tables by digest) and from the settings: where all are the
same, so is what it writes.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lowincome import ingest
from lowincome.lake import Lake

_KEPT = tempfile.TemporaryDirectory(prefix="lowincome-source-days-")
_SOURCE_DAYS: dict[str, Path] = {}


def settings() -> list[tuple[str, str]]:
    """What the environment sets for a day, but for where it lies."""
    return sorted((name, value) for name, value in os.environ.items()
                  if name.startswith("LOWINCOME_") and name not in ("LOWINCOME_HOME", "LOWINCOME_OUTPUT"))


def standardised(lake: Lake, source: str, day: str) -> None:
    """Standardise the newest landing of a source's day, or bring what it gave before."""
    asked = _asked(lake, source, day)
    if asked in _SOURCE_DAYS:
        shutil.copytree(_SOURCE_DAYS[asked], lake.root, dirs_exist_ok=True)
        return
    ingest.standardise(source, day)
    kept = Path(tempfile.mkdtemp(dir=_KEPT.name))
    for path in _written(lake, source, day):
        (kept / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(lake.root / path, kept / path)
    _SOURCE_DAYS[asked] = kept


def _asked(lake: Lake, source: str, day: str) -> str:
    """A digest of all that the source's day follows from."""
    known = hashlib.sha256(repr((source, day, settings())).encode())
    folders = (lake.root / "landing" / source, lake.root / "standardised" / "_days" / source)
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        known.update(repr((str(path.relative_to(lake.root)), path.read_bytes())).encode())
    return known.hexdigest()


def _written(lake: Lake, source: str, day: str) -> Iterator[Path]:
    """The tables of the day, and its record."""
    tables = lake.root.glob(f"standardised/*/source={source}/data_date={day}/part.parquet")
    for path in (*tables, lake.root / "standardised" / "_days" / source / f"{day}.json"):
        yield path.relative_to(lake.root)
