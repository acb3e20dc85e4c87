"""What the two checking systems answer about one person, and which of them wins, item by item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import inf

from sandbox.facts import CITY_CODES
from sandbox.judge.months import month_from, month_of
from sandbox.judge.outcome import ANYTHING, NOTHING, Bounds, total
from sandbox.timeline import Row

PROVINCE_CODES = {city: code for code, city in CITY_CODES.items()}
STATES = {1: "HIT", 2: "NONE", 3: "ERROR"}
INCOMES = ("I01", "I02", "I03", "I04", "I05", "I06", "I07")


@dataclass(slots=True, frozen=True)
class Answer:
    """One item row; `amount` in fen, `first` and `last` months inclusive, `on` the day it stands for."""

    code: str
    status: str
    amount: int | None
    quantity: int | None
    first: int | None
    last: int | None
    on: date

    @property
    def months(self) -> range | None:
        """The months of the row; None when it has no period."""
        return None if self.first is None or self.last is None else range(self.first, self.last + 1)

    @property
    def worth(self) -> Bounds:
        """The amount's bounds."""
        if self.status == "NONE":
            return NOTHING
        return ANYTHING if self.status == "ERROR" or self.amount is None else (self.amount, self.amount)

    @property
    def pieces(self) -> Bounds:
        """The quantity's bounds: found without a number is at least one."""
        if self.status != "HIT":
            return NOTHING if self.status == "NONE" else ANYTHING
        return (1, inf) if self.quantity is None else (self.quantity, self.quantity)


def of_province(items: Iterable[Row]) -> list[Answer]:
    """The items of one member of a report."""
    return [Answer(item["itemCode"], item["status"], _fen(item["amount"]), _whole(item["quantity"]),
                   month_from(item["periodFrom"]), month_from(item["periodTo"]), date.fromisoformat(item["asOf"]))
            for item in items]


def of_city(items: Iterable[Row]) -> list[Answer]:
    """The items of one person: of rows equal in their key the newest."""
    newest: dict[tuple[str, ...], Row] = {}
    for item in items:
        key = tuple(str(item[name]) for name in ("xmdm", "ksny", "jsny", "sjly"))
        if key not in newest or item["gxsj"] > newest[key]["gxsj"]:
            newest[key] = item
    return [Answer(PROVINCE_CODES.get(item["xmdm"], item["xmdm"]), STATES[item["hdzt"]], item["je"], item["sl"],
                   month_from(item["ksny"]), month_from(item["jsny"]), date.fromisoformat(item["gxsj"][:10]))
            for item in newest.values()]


def answered_on(rows: list[Answer]) -> date | None:
    """The newest day of a HIT or NONE; None when nothing was answered."""
    return max((row.on for row in rows if row.status != "ERROR"), default=None)


class Answers:
    """Both systems' rows of one person in force on a day; `window` is the month of that day."""

    def __init__(self, province: list[Answer], city: list[Answer], window: int) -> None:
        self.province, self.city = _by_code(province), _by_code(city)
        self.window = range(window - 12, window)
        self.has_facts = bool(province or city)
        self.winners = {code: self._winner(code) for code in self.province.keys() | self.city.keys()}
        self.known = {code: self._known(self.won(code)) for code in INCOMES}
        self.carried = {code: self._carried(code) for code in INCOMES}

    def won(self, code: str) -> list[Answer] | None:
        """The winning system's rows; None when neither answered."""
        return self.winners.get(code)

    def _winner(self, code: str) -> list[Answer] | None:
        province, city = self.province.get(code, []), self.city.get(code, [])
        by_province, by_city = answered_on(province), answered_on(city)
        if by_province is None and by_city is None:
            return None
        return province if by_city is None or (by_province and by_province >= by_city) else city

    def worth(self, code: str) -> Bounds:
        """The winner's amounts together, without regard to periods."""
        rows = self.won(code)
        return ANYTHING if rows is None else total([row.worth for row in rows])

    def pieces(self, code: str) -> Bounds:
        """The winner's quantities together."""
        rows = self.won(code)
        return ANYTHING if rows is None else total([row.pieces for row in rows])

    def hits(self, code: str) -> list[Answer]:
        """What the winner found."""
        return [row for row in self.won(code) or [] if row.status == "HIT"]

    def income_of(self, rows: list[Answer]) -> Bounds:
        """The rows' income inside the window; a negative row is nothing."""
        return self._known(rows)

    def _known(self, rows: list[Answer] | None) -> Bounds:
        return ANYTHING if rows is None else total([_earned(row, self._share(row)) for row in rows])

    def _share(self, row: Answer) -> Fraction:
        if row.months is None:
            return Fraction(1)
        inside = min(row.months.stop, self.window.stop) - max(row.months.start, self.window.start)
        return Fraction(max(0, inside), len(row.months))

    def _carried(self, code: str) -> Bounds:
        """Months after the winner's answer that no row covers, at the rate that ran when it answered."""
        rows = self.won(code)
        if rows is None or any(row.months is None for row in rows):
            return NOTHING
        as_of = month_of(answered_on(rows) or date.max)
        running = [row for row in rows if row.status == "HIT"]
        latest = max((row.last or 0 for row in running), default=0)
        if latest not in (as_of, as_of - 1):
            return NOTHING
        gaps = sum(month > as_of and not any(month in (row.months or ()) for row in rows) for month in self.window)
        ending = [row for row in running if row.last == latest]
        return total([_earned(row, Fraction(gaps, len(row.months or ()))) for row in ending])


def _earned(row: Answer, share: Fraction) -> Bounds:
    low, high = row.worth
    if share == 0:
        return NOTHING
    return max(0, low) * share, inf if high == inf else max(0, high) * share


def _by_code(rows: list[Answer]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found


def _fen(text: str | None) -> int | None:
    return None if text is None else round(Fraction(text) * 100)


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)
