"""Which families are one household: each joins the first formed that it belongs to, or forms its own.

A graph question, so Python over compact numbers; the order of families is given by `family.sql`.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

ROSTER, ENDED = 0, 4
Family: TypeAlias = tuple[int, int, int | None, Sequence[int]]
"""Level, the place of its key among all keys, its head or None, its persons; persons are numbers from 1 on."""
Placed: TypeAlias = tuple[int, str]
"""The number of the household, counted from 1 by its first family's place, and the role: forming, joined or history."""


def form_households(families: Iterable[Family], persons: int) -> Iterator[Placed]:
    """Where each family belongs, in their order; `persons` is the largest number of a person.

    A family joins the household that has the same head, else the one with which it shares most persons (at least two;
    on a tie the one whose forming family has the lowest key). Roster households always form their own.
    """
    households = _Households(persons)
    return (households.place(*family) for family in families)


class _Households:
    """Who heads and who sits in which household: two numbers a person, for a city has millions of them."""

    def __init__(self, persons: int) -> None:
        self._headed, self._seat = (array("l", bytes(8 * (persons + 1))) for _ in range(2))
        self._more_seats: dict[int, set[int]] = defaultdict(set)
        self._keys = array("l")

    def place(self, level: int, key: int, head: int | None, members: Sequence[int]) -> Placed:
        """The next family's household and role."""
        self._keys.append(key)
        joined = None if level == ROSTER else self._of(head, members)
        number = len(self._keys) if joined is None else joined
        role = "forming" if joined is None else "history" if level == ENDED else "joined"
        if role == "forming" and head is not None:
            self._headed[head] = self._headed[head] or number
        if role != "history":
            self._sit(members, number)
        return number, role

    def _of(self, head: int | None, members: Iterable[int]) -> int | None:
        """The household that a family belongs to, if any."""
        if head is not None and self._headed[head]:
            return self._headed[head]
        shared = Counter(number for person in members for number in self._seats(person))
        best = min(shared, key=lambda number: (-shared[number], self._keys[number - 1]), default=None)
        return best if best is not None and shared[best] >= 2 else None

    def _sit(self, members: Iterable[int], number: int) -> None:
        for person in members:
            if not self._seat[person]:
                self._seat[person] = number
            elif self._seat[person] != number:
                self._more_seats[person].add(number)

    def _seats(self, person: int) -> Iterable[int]:
        """Where a person sits: mostly in one household, in any number of them."""
        first = self._seat[person]
        return (first, *self._more_seats.get(person, ())) if first else ()
