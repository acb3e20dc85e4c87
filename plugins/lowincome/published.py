"""Published days against the audit chain: each manifest was sealed, and each file is what its manifest says.

Whoever can write to the output can change a file, or a file and the manifest that names it; the register remembers.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from lowincome.lake import Lake, digest, read_json
from lowincome.register import chain
from lowincome.register.chain import Fault
from lowincome.register.models import AuditEntry
from lowincome.version_folder import MANIFEST, VERSIONS, Gone, files, folders, named

KIND = "published"


def faults(engine: Engine, output: Path, lake: Lake, since: date = date.min) -> list[Fault]:
    """Manifests that were never sealed for their day, files that differ from their manifest, and what is gone whole.

    Files are read of data dates from `since` on, manifests of all: years of a city are too much for every night. A file
    may be gone when a sealed proof of retention names it; a version, or what leads readers to a day, never: of each
    version retention leaves the manifest.
    """
    is_sealed, gone, versions = _seals(engine, KIND), deleted(engine, lake), list(_versions(output))
    told = [fault for name, folder in versions
            for fault in _of_version(name, folder, is_sealed, gone if name[:10] >= since.isoformat() else None)]
    return [*told, *_gone_whole(engine, output, versions)]


def _gone_whole(engine: Engine, output: Path, versions: Sequence[tuple[str, Path]]) -> Iterator[Fault]:
    """Sealed days that nothing leads to any more, and sealed versions whose manifest stands nowhere, by day and run."""
    sealed = _sealed(engine, KIND)
    stands = {(name[:10], one, hashlib.new(one, content).hexdigest()) for name, folder in versions
              if (content := _manifest(folder)) is not None for one in {algorithm for _, algorithm, _ in sealed}}
    yield from (Fault(KIND, day, "missing") for day in sorted({key.partition("/")[0] for key, _, _ in sealed})
                if not (output / day).is_dir())
    lost = {key for key, algorithm, content in sealed
            if (day := key.partition("/")[0], algorithm, content) not in stands
            and not (output / VERSIONS / named(day, content)).is_dir()}  # a changed one is told by its own name
    yield from (Fault(KIND, key, "version missing") for key in sorted(lost))


def _manifest(folder: Path) -> bytes | None:
    return (folder / MANIFEST).read_bytes() if (folder / MANIFEST).is_file() else None


def _versions(output: Path) -> Iterator[tuple[str, Path]]:
    """Every folder that holds a published version, and every one that a day leads to, once for each day."""
    found: dict[tuple[str, Path], str] = {}
    for path in [*folders(output), *sorted(output.glob("????-??-??"))]:
        if path.is_dir():
            found.setdefault((path.name[:10], path.resolve()), path.name)
    return ((name, folder) for (_, folder), name in found.items())


def _of_version(
    name: str, folder: Path, is_sealed: Callable[[str, bytes], bool], gone: Gone | None
) -> Iterator[Fault]:
    """Without `gone` its files are not looked at."""
    path = folder / MANIFEST
    if not path.is_file():
        yield Fault(KIND, f"{name}/{MANIFEST}", "missing")
    elif not is_sealed(name[:10], path.read_bytes()):
        yield Fault(KIND, f"{name}/{MANIFEST}", "never sealed")
    elif gone is not None:
        outputs = json.loads(path.read_bytes())["outputs"]
        yield from (Fault(KIND, f"{name}/{file}", what) for file, what in _of_files(folder, outputs, gone))


def _of_files(folder: Path, outputs: dict[str, Any], gone: Gone) -> Iterator[tuple[str, str]]:
    for name, entry in outputs.items():
        if not (folder / name).is_file():
            if (f"{folder.name}/{name}", entry["sha256"]) not in gone:
                yield name, "missing"
        elif digest(folder / name) != entry["sha256"]:
            yield name, "changed"
    yield from ((name, "never published") for name in files(folder) if name not in {MANIFEST, *outputs})


def deleted(engine: Engine, lake: Lake) -> Gone:
    """What sealed proofs of retention say of published files; a proof that nobody sealed excuses nothing."""
    is_sealed, proofs = _seals(engine, "deleted"), sorted((lake.root / "deleted").glob("*.json"))
    told = [proof for path in proofs if is_sealed(path.stem, chain.canonical(proof := read_json(path)))]
    return {(file["path"].rpartition(f"{VERSIONS}/")[2], file["sha256"]) for proof in told for file in proof["files"]}


def _seals(engine: Engine, kind: str) -> Callable[[str, bytes], bool]:
    """Whether some content was sealed as this kind for a day or by a name, which the key's first slash ends."""
    known = {(key.partition("/")[0], algorithm, content) for key, algorithm, content in _sealed(engine, kind)}
    algorithms = {algorithm for _, algorithm, _ in known}

    def is_sealed(name: str, content: bytes) -> bool:
        return any((name, one, hashlib.new(one, content).hexdigest()) in known for one in algorithms)

    return is_sealed


def _sealed(engine: Engine, kind: str) -> set[tuple[str, str, str]]:
    """Key, algorithm and digest of all that was sealed as a kind."""
    query = select(AuditEntry.row_key, AuditEntry.algorithm, AuditEntry.content).where(AuditEntry.kind == kind)
    with engine.connect() as connection:
        return {(row.row_key, row.algorithm, row.content) for row in connection.execute(query)}
