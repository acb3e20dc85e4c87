"""Which families are one household: each joins the first formed that it belongs to, or forms its own.

A graph question, so Python over compact numbers; the order of families is given by `family.sql`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

ROSTER, ENDED = 0, 4


def form_households(
    families: Iterable[tuple[str, int, str | None]], members: Mapping[str, set[str]]
) -> list[tuple[str, int, str]]:
    """Place every family: (family key, household number, role forming / joined / history).

    `families` are (key, level, head person or None) in forming order; `members` the persons of each family. A family
    joins the household that has the same head, else the one with which it shares most persons (at least two; on a
    tie the one whose forming family has the lowest key). Roster households always form their own.
    """
    by_head: dict[str, int] = {}
    by_person: dict[str, set[int]] = defaultdict(set)
    placed: list[tuple[str, int, str]] = []
    for key, level, head in families:
        joined = None if level == ROSTER else _household_of(head, members.get(key, set()), by_head, by_person, placed)
        number = len(placed) + 1 if joined is None else joined
        role = "forming" if joined is None else "history" if level == ENDED else "joined"
        placed.append((key, number, role))
        if role == "forming" and head is not None:
            by_head.setdefault(head, number)
        if role != "history":
            for person in members.get(key, ()):
                by_person[person].add(number)
    return placed


def _household_of(
    head: str | None, persons: set[str], by_head: Mapping[str, int], by_person: Mapping[str, set[int]],
    placed: Sequence[tuple[str, int, str]],
) -> int | None:
    if head is not None and head in by_head:
        return by_head[head]
    shared = Counter(number for person in persons for number in by_person.get(person, ()))
    best = min(shared, key=lambda number: (-shared[number], placed[number - 1][0]), default=None)
    return best if best is not None and shared[best] >= 2 else None
