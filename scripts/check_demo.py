"""Compares published flags with the truth that the sandbox planted: python scripts/check_demo.py OUTPUT TRUTH."""

import csv
import json
import sys
from pathlib import Path


def planted(truth: dict[str, list[dict[str, object]]]) -> set[tuple[str, str, str]]:
    """Rule, subject key and certainty of every flag that must stand open."""
    return {(rule, str(entry["key"]), str(entry["certainty"])) for rule, entries in truth.items() for entry in entries}


def differences(folder: Path, truth: dict[str, list[dict[str, object]]]) -> list[str]:
    """What was planted and is not flagged with its certainty, and what is flagged and was not planted."""
    by_key = {
        (rule, str(key)): (rule, str(entry["key"]), str(entry["certainty"]))
        for rule, entries in truth.items()
        for entry in entries
        for key in entry["keys"]
    }  # type: ignore[attr-defined]
    found, lines = set(), []
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["state"] == "closed" or row["rule_id"] not in truth:
                continue
            keys = row["person_keys"] if row["person_id"] else row["household_keys"]
            match = next(
                (by_key[row["rule_id"], key] for key in keys.split("|") if (row["rule_id"], key) in by_key), None
            )
            if match is None:
                lines.append(f"{folder.name} {row['rule_id']} flagged, not planted: {keys}")
            elif match[2] != row["certainty"]:
                lines.append(
                    f"{folder.name} {row['rule_id']} {match[1]}: planted {match[2]}, flagged {row['certainty']}"
                )
            found.add(match)
    lines += [
        f"{folder.name} {rule} planted, not flagged: {key}"
        for rule, key, certainty in sorted(planted(truth))
        if (rule, key, certainty) not in found
    ]
    return lines


def main() -> int:
    """Print every difference of the days that were published; 0 when there is none and something was planted."""
    output, known = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    truth = {day: rules for day, rules in known.items() if (output / day).exists()}
    lines = [line for day, rules in sorted(truth.items()) for line in differences(output / day, rules)]
    total = sum(len(planted(rules)) for rules in truth.values())
    print("\n".join([*lines, f"{total} planted flags over {len(truth)} days, {len(lines)} differences"]))
    return 1 if lines or not total else 0


if __name__ == "__main__":
    sys.exit(main())
