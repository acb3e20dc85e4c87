"""Verify an evidence pack, or take fields out of one, with nothing but the standard library.

    python scripts/verify_evidence.py pack.zip [folder of anchors]
    python scripts/verify_evidence.py pack.zip --blank 'source_row/*/phone' 'person/*' --to redacted.zip

fields.json      {path: [salt, value]}; a field that was taken out is missing here
statement.json   the digest of every field, of the JSON list [path, salt, value]; digests of manifest and lock
access.json      the row of the access log: who made the pack and why, and the digest of the statement
chain.jsonl      entries of the audit chain (see verify_chain.py) that seal access.json and the published manifest
Every JSON is written with sorted keys and without spaces. An anchor is a file {"entry_no", "hash"} that was kept where
the chain's keeper cannot write; without a folder of them the pack is only shown to agree with itself.
Prints the faults and exits 1, or says what holds and exits 0.
"""

import argparse
import fnmatch
import hashlib
import io
import json
import os
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAMES = {"statement.json", "fields.json", "access.json", "chain.jsonl", "manifest.json", "run.lock.json"}
UNREADABLE = (
    ValueError, LookupError, TypeError, AttributeError, RuntimeError, OSError, zipfile.BadZipFile, struct.error)


def faults(content: bytes, anchors: dict[int, str] | None) -> list[str]:
    """Everything about a pack that does not hold; a pack that cannot be read is one fault."""
    try:
        return list(_faults(content, anchors))
    except UNREADABLE as error:
        return [f"the pack cannot be read ({type(error).__name__})"]


def _faults(content: bytes, anchors: dict[int, str] | None) -> Iterator[str]:
    members = read_pack(content)
    if set(members) != NAMES or packed(members) != content:
        yield "the zip file holds other files or bytes than a pack does"
    statement, fields, lock = (_json(members, name) for name in ("statement", "fields", "run.lock"))
    for name in ("statement.json", "fields.json"):
        if canonical(_json(members, name.removesuffix(".json"))) != members[name]:
            yield f"{name}: not as it was written"
    for name, expected in statement["files"].items():
        if hashlib.sha256(members[name]).hexdigest() != expected:
            yield f"{name}: changed"
    for path, (salt, value) in fields.items():
        if field_digest(path, salt, value) != statement["fields"].get(path):
            yield f"field {path}: changed or never stated"
    runs = {_json(members, "manifest")["run_id"], lock["run_id"], run_id(lock)}
    if runs != {statement["run_id"]}:
        yield "manifest, lock and statement are not of one run"
    if hashlib.sha256(members["statement.json"]).hexdigest() not in _json(members, "access")["detail"]:
        yield "statement.json: not the one that was logged"
    yield from _chain_faults(members, statement, anchors)


def _chain_faults(
    members: dict[str, bytes], statement: dict[str, Any], anchors: dict[int, str] | None
) -> Iterator[str]:
    entries = [json.loads(line) for line in members["chain.jsonl"].splitlines()]
    by_number = {entry["entry_no"]: entry for entry in entries}
    in_order = [by_number[number] for number in sorted(by_number)]
    if b"".join(canonical(entry) + b"\n" for entry in in_order) != members["chain.jsonl"]:
        yield "chain.jsonl: not as it was written"
    proven = [one for one in entries if one["entry_no"] == 1 or one["entry_no"] - 1 in by_number]
    for entry in proven:
        if link(entry, by_number[entry["entry_no"] - 1]["hash"] if entry["entry_no"] > 1 else "") != entry["hash"]:
            yield f"chain entry {entry['entry_no']}: content and hash differ"
    heads = [number for number in by_number if number + 1 not in by_number]
    for number in heads if anchors is not None else []:
        if anchors.get(number) != by_number[number]["hash"]:
            yield f"chain entry {number}: no anchor bears it out"
    sealed = {"published": (f"{statement['data_date']}/{statement['run_id']}", "manifest.json"),
              "access_log": (str(_json(members, "access")["entry_id"]), "access.json")}
    for kind, (key, name) in sealed.items():
        if not any((one["kind"], one["row_key"]) == (kind, key) and is_of(one, members[name]) for one in proven):
            yield f"{name}: no entry of the chain seals it"


def is_of(entry: dict[str, Any], content: bytes) -> bool:
    """Whether an entry of the chain seals this content."""
    return bool(hashlib.new(entry["algorithm"], content).hexdigest() == entry["content"])


def link(entry: dict[str, Any], previous: str) -> str:
    """The hash that an entry of the chain must have."""
    parts = [entry[name] for name in ("entry_no", "kind", "row_key", "algorithm", "content")]
    text = json.dumps([*parts, previous], separators=(",", ":"))
    return hashlib.new(entry["algorithm"], text.encode()).hexdigest()


def run_id(lock: dict[str, Any]) -> str:
    """A run is named by its date and what went into it."""
    content = {name: value for name, value in lock.items() if name != "run_id"}
    return f"{lock['data_date']}-{hashlib.sha256(repr(sorted(_flat(content, ''))).encode()).hexdigest()[:12]}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _flat(part, f"{path}/{key}")
    else:
        yield path, str(value)


def field_digest(path: str, salt: str, value: Any) -> str:
    """What the statement says of a field."""
    return hashlib.sha256(canonical([path, salt, value])).hexdigest()


def canonical(content: Any) -> bytes:
    """The bytes of a JSON as packs write it."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def read_pack(content: bytes) -> dict[str, bytes]:
    """The files of a pack."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    """The one layout of a pack: sorted, not compressed, without times."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as pack:
        for name in sorted(members):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            pack.writestr(info, members[name])
    return content.getvalue()


def blanked(content: bytes, patterns: list[str]) -> bytes:
    """The pack without the fields whose path matches; it verifies as before."""
    members = read_pack(content)
    kept = {path: entry for path, entry in _json(members, "fields").items()
            if not any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)}
    return packed(members | {"fields.json": canonical(kept)})


def write(pack: bytes, to: Path) -> None:
    """A pack for its owner alone to read: what was not taken out is a person's."""
    to.unlink(missing_ok=True)
    with open(to, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(pack)


def _json(members: dict[str, bytes], name: str) -> dict[str, Any]:
    return dict(json.loads(members[f"{name}.json"]))


def main() -> int:
    """0 when the pack holds, or was redacted; else 1, and 2 where pack or anchors are not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path)
    parser.add_argument("anchors", type=Path, nargs="?")
    parser.add_argument("--blank", nargs="+", metavar="PATTERN", default=[])
    parser.add_argument("--to", type=Path)
    options = parser.parse_args()
    if not options.pack.is_file():
        parser.error(f"there is no pack {options.pack}")
    files = sorted(options.anchors.glob("*.json")) if options.anchors else []
    if options.anchors and not files:
        parser.error(f"there are no anchors in {options.anchors}, so nothing was compared with them")
    content = options.pack.read_bytes()
    if options.to:
        write(blanked(content, options.blank), options.to)
        return 0
    heads = {head["entry_no"]: head["hash"] for head in (json.loads(path.read_text("utf-8")) for path in files)}
    found = faults(content, heads if options.anchors else None)
    members = read_pack(content) if not found else {}
    shown, stated = (len(_json(members, "fields")), len(_json(members, "statement")["fields"])) if members else (0, 0)
    rest = "" if options.anchors else "; no anchors were given, so it agrees with itself only"
    print("\n".join(found) or f"the pack holds: {shown} fields, {stated - shown} taken out{rest}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
