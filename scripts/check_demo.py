"""Compares published flags with the sandbox's truth, by rule: python scripts/check_demo.py OUTPUT TRUTH.

A flag is told by its rule and subject; its certainty must be the same. A flag of a person whom only the dated
certificate files name has no lasting key in the truth: such flags are counted and not compared.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

Truth = dict[str, list[dict[str, object]]]
KINDS = ("found", "missed", "extra", "other certainty", "not compared")


def compare(folder: Path, truth: Truth, counts: Counter[tuple[str, str]]) -> list[str]:
    """Count one day by rule; a line for every difference."""
    planted = {
        (rule, str(key)): (rule, str(entry["key"]), str(entry["certainty"]))
        for rule, entries in truth.items() for entry in entries for key in entry["keys"]}  # type: ignore[attr-defined]
    lines, found = [], set()
    for rule, certainty, keys in _open_flags(folder):
        match = next((planted[rule, key] for key in keys if (rule, key) in planted), None)
        if match is None and all(key.startswith("disabled_federation:") for key in keys):
            counts[rule, "not compared"] += 1
            continue
        kind = "extra" if match is None else "found" if match[2] == certainty else "other certainty"
        counts[rule, kind] += 1
        found.add(match)
        if kind != "found":
            lines.append(f"{folder.name} {rule} {kind}: {match or '|'.join(keys)} flagged {certainty}")
    missed = sorted({match for match in planted.values() if match not in found})
    counts.update((rule, "missed") for rule, _, _ in missed)
    return lines + [f"{folder.name} {rule} missed: {key} {certainty}" for rule, key, certainty in missed]


def _open_flags(folder: Path) -> list[tuple[str, str, list[str]]]:
    """Rule, certainty and the subject's keys of every flag that stands open on the day."""
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        return [
            (row["rule_id"], row["certainty"],
             (row["person_keys"] if row["person_id"] else row["household_keys"]).split("|"))
            for row in csv.DictReader(file) if row["state"] != "closed"]


def main() -> int:
    """Print the confusion by rule and every difference of the days that were published; 0 when there is none."""
    output, known = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    counts: Counter[tuple[str, str]] = Counter()
    days = {day: rules for day, rules in sorted(known.items()) if (output / day).exists()}
    lines = [line for day, rules in days.items() for line in compare(output / day, rules, counts)]
    table = Table("rule", *KINDS, title=f"{len(days)} days against the truth", title_justify="left")
    for rule in sorted({rule for rule, _ in counts}):
        table.add_row(rule, *(str(counts[rule, kind]) for kind in KINDS))
    Console(width=100).print(table)
    print("\n".join([*lines, f"{len(lines)} differences"]))
    return 1 if lines or not any(kind == "found" for _, kind in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
