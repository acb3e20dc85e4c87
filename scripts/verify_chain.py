"""Verify an exported audit chain with nothing but the standard library.

    python scripts/verify_chain.py chain.jsonl [folder of anchors]

The export has one entry a line: entry_no, kind, row_key, algorithm, content (digest of what was sealed) and hash.
hash = digest of the JSON list [entry_no, kind, row_key, algorithm, content, hash before], without spaces; before the
first entry the hash is empty. An anchor is a JSON file with entry_no and hash, kept where the chain's keeper cannot
write. A row of the register (its kind is in ONCE) is sealed once: a second entry would bear out a row that was changed.
Prints the first fault and its place and exits 1, or says how far the chain holds and exits 0.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

FIELDS = {"entry_no", "kind", "row_key", "algorithm", "content", "hash"}
ONCE = {"register_day", "disposition", "answered_subject", "answer_file", "access_log", "judgement", "judgement_review"}


def first_fault(lines: Iterable[str], anchors: dict[int, str]) -> str | None:
    """Where the chain breaks first; None when it holds and every anchor is in it."""
    number, previous, rows = 0, "", set[tuple[str, str]]()
    for number, line in enumerate(lines, 1):
        entry = parse(line)
        if entry is None:
            return f"entry {number}: not an entry"
        fault = out_of_place(entry, number, previous, anchors) or sealed_before(entry, rows)
        if fault:
            return f"entry {number}: {fault}"
        previous = str(entry["hash"])
    missing = sorted(anchor for anchor in anchors if anchor > number)
    return f"entry {number + 1}: the chain ends before anchor {missing[0]}; its tail was cut" if missing else None


def out_of_place(entry: dict[str, str | int], number: int, previous: str, anchors: dict[int, str]) -> str | None:
    """Why an entry does not follow from those before it, or is not what an anchor says."""
    if entry["entry_no"] != number:
        return f"the line says {entry['entry_no']}; an entry was added, removed or moved"
    if entry["hash"] != link(entry, previous):
        return "content and hash differ; this entry or the one before it was changed"
    if anchors.get(number, entry["hash"]) != entry["hash"]:
        return "the anchor says another hash; the chain was written anew up to here"
    return None


def sealed_before(entry: dict[str, str | int], rows: set[tuple[str, str]]) -> str | None:
    """Whether the row of an entry is among those that were sealed; else it is from now on."""
    row = (str(entry["kind"]), str(entry["row_key"]))
    if row in rows:
        return f"{' '.join(row)} was sealed before; a changed row was sealed again"
    if row[0] in ONCE:
        rows.add(row)
    return None


def parse(line: str) -> dict[str, str | int] | None:
    """One entry; None when the line is not one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or set(entry) != FIELDS or type(entry["entry_no"]) is not int:
        return None
    is_text = all(isinstance(entry[name], str) for name in FIELDS - {"entry_no"})
    return entry if is_text and entry["algorithm"] in ("sha256", "sm3") else None


def link(entry: dict[str, str | int], previous: str) -> str:
    """The hash that an entry must have."""
    parts = [entry["entry_no"], entry["kind"], entry["row_key"], entry["algorithm"], entry["content"], previous]
    text = json.dumps(parts, separators=(",", ":"))
    return hashlib.new(str(entry["algorithm"]), text.encode()).hexdigest()


def read_anchors(folder: Path) -> dict[int, str]:
    """Hash by entry number."""
    heads: Iterator[dict[str, str]] = (json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json")))
    return {int(head["entry_no"]): head["hash"] for head in heads if int(head["entry_no"])}


def main(arguments: list[str]) -> int:
    """0 when the chain holds, else 1."""
    if len(arguments) not in (1, 2):
        print(__doc__)
        return 2
    anchors = read_anchors(Path(arguments[1])) if len(arguments) == 2 else {}
    lines = Path(arguments[0]).read_text("utf-8").splitlines()
    fault = first_fault(lines, anchors)
    print(fault or f"the chain holds: {len(lines)} entries, {len(anchors)} anchors")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
