"""The review queue: doubts that hang together are one case, first the case on which most depends."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lowincome.resolve.clusters import Clusters
from lowincome.resolve.explain import Words, agreement, question

Row = dict[str, Any]


def queue(pairs: Iterable[Row], weights: Iterable[Row]) -> list[Row]:
    """One row a case: its persons, what hangs on them (open flags, payments) and each doubt in words.

    A case is named by its lowest person, so the same doubt has the same name tomorrow.
    """
    weight = {row["person_id"]: row for row in weights}
    found = [_case(name, rows, weight) for name, rows in _connected(list(pairs)).items()]
    return sorted(found, key=lambda case: (-case["open_flags"], -case["paid_persons"], case["case_id"]))


def _connected(pairs: list[Row]) -> dict[str, list[Row]]:
    clusters = Clusters({}, {}, ())
    for row in pairs:
        right = row["right_person_id"] or row["left_person_id"]
        clusters.join((row["left_person_id"], right, "case", 1.0, True))
    case_of = {person: case for person, case, _, _ in clusters.members()}
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in pairs:
        left = str(row["left_person_id"])
        cases[case_of.get(left, left)].append(row)
    return cases


def _case(name: str, rows: list[Row], weight: dict[str, Row]) -> Row:
    persons = sorted({row[side] for row in rows for side in ("left_person_id", "right_person_id") if row[side]})
    return {
        "case_id": name,
        "open_flags": sum(weight[person]["flags"] for person in persons),
        "paid_persons": sum(weight[person]["is_paid"] for person in persons),
        "persons": persons,
        "doubts": [_doubt(row) for row in rows],
    }


def _doubt(row: Row) -> Row:
    return {
        "left_key": row["left_key"],
        "right_key": row["right_key"],
        "question": question(row["kind"]),
        "evidence": _evidence(row["pattern"]),
        "probability": row["score"],
    }


def _evidence(pattern: str | None) -> list[Words]:
    """`name=exact birth=near …` in words; what is unknown is left out."""
    levels = dict(part.split("=") for part in (pattern or "").split())
    return agreement({name: level for name, level in levels.items() if level != "unknown"})
