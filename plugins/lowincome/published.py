"""Published days against the audit chain: each manifest was sealed, and each file is what its manifest says.

Whoever can write to the output can change a file, or a file and the manifest that names it; the register remembers.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from lowincome.lake import Lake, digest, read_json
from lowincome.register import chain
from lowincome.register.chain import Fault
from lowincome.register.models import AuditEntry
from lowincome.version_folder import MANIFEST, VERSIONS, files, folders

KIND = "published"
Gone = set[tuple[str, str]]
"""Files that retention deleted with proof: `<version>/<name>` and digest."""


def faults(engine: Engine, output: Path, lake: Lake, since: date = date.min) -> list[Fault]:
    """Manifests that were never sealed for their day, and files that differ from their manifest, by version and name.

    Files are read of data dates from `since` on, manifests of all: years of a city are too much for every night. A file
    may be gone when a sealed proof of retention names it. A version that is gone whole is not looked for.
    """
    is_sealed, gone = _seals(engine, KIND), _deleted(engine, lake)
    return [fault for name, folder in _versions(output)
            for fault in _of_version(name, folder, is_sealed, gone if name[:10] >= since.isoformat() else None)]


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


def _deleted(engine: Engine, lake: Lake) -> Gone:
    """What sealed proofs of retention say of published files; a proof that nobody sealed excuses nothing."""
    is_sealed, proofs = _seals(engine, "deleted"), sorted((lake.root / "deleted").glob("*.json"))
    told = [proof for path in proofs if is_sealed(path.stem, chain.canonical(proof := read_json(path)))]
    return {(file["path"].rpartition(f"{VERSIONS}/")[2], file["sha256"]) for proof in told for file in proof["files"]}


def _seals(engine: Engine, kind: str) -> Callable[[str, bytes], bool]:
    """Whether some content was sealed as this kind for a day or by a name, which the key's first slash ends."""
    query = select(AuditEntry.row_key, AuditEntry.algorithm, AuditEntry.content).where(AuditEntry.kind == kind)
    with engine.connect() as connection:
        known = {(row.row_key.partition("/")[0], row.algorithm, row.content) for row in connection.execute(query)}
    algorithms = {algorithm for _, algorithm, _ in known}

    def is_sealed(name: str, content: bytes) -> bool:
        return any((name, one, hashlib.new(one, content).hexdigest()) in known for one in algorithms)

    return is_sealed
