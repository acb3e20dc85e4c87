"""How the amounts that criteria compare follow from source rows: income over the window, property, medical burden."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lowincome.rules.formula import FEN, Formula, Ledger, bounds, number, parameter, step

INCOME = ("I01", "I02", "I03", "I04", "I05", "I06", "I07")
Row = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """The persons whose facts are added up, their winning rows and settlements, and the window as months."""

    members: list[Row]
    facts: list[Row]
    settlements: list[Row]
    window: range

    def rows(self, person: str, item: str) -> list[Row]:
        """The winning rows of a person and item; none when nobody answered."""
        return [row for row in self.facts if row["person_id"] == person and row["item_code"] == item]


def income(subject: Subject, ledger: Ledger, is_carrying: bool) -> Formula:
    """Yearly income of all counted members after disregards."""
    return step("sum", *(_net(subject, ledger, member, is_carrying) for member in subject.members))


def total_income(subject: Subject, ledger: Ledger) -> Formula:
    """Yearly income of all counted members before disregards."""
    parts = [_item(subject, ledger, one["person_id"], item, True) for one in subject.members for item in INCOME]
    return step("sum", *parts)


def wages(subject: Subject, ledger: Ledger, person: str, is_carrying: bool) -> Formula:
    """A person's wages over the window."""
    return _item(subject, ledger, person, "I01", is_carrying)


def limit_per_month(limit: Formula, subject: Subject) -> Formula:
    """A monthly limit per person, for all counted members and twelve months."""
    return step("times", limit, number(12 * len(subject.members)))


def holdings(subject: Subject, ledger: Ledger, items: Iterable[str], column: str) -> Formula:
    """Quantities or amounts (yuan) of some items, added over the counted members."""
    return step("sum", *(
        part for one in subject.members for item in items
        for part in _held(ledger, subject.rows(one["person_id"], item), item, column)))


def businesses(subject: Subject, ledger: Ledger) -> Formula:
    """Some row of a counted member is a business with capital."""
    return step("any", *(
        part for one in subject.members for part in _business(ledger, subject.rows(one["person_id"], "A05"))))


def burden(subject: Subject, ledger: Ledger) -> Formula:
    """Own medical payments of the persons, never below zero for any of them."""
    return step("sum", *(
        step("greatest", number(0), step("sum", *(
            ledger.fact(f"own payment settled {row['settled_on']}", row["record_key"], row["self_fen"] * FEN,
                        row["self_fen"] * FEN)
            for row in subject.settlements if row["person_id"] == one["person_id"])))
        for one in subject.members))


def _net(subject: Subject, ledger: Ledger, member: Row, is_carrying: bool) -> Formula:
    person = member["person_id"]
    earned = step("sum", *(_item(subject, ledger, person, item, is_carrying) for item in INCOME))
    disregard = step("least", wages(subject, ledger, person, is_carrying), _disregard_limit(member))
    return step("minus", earned, disregard)


def _disregard_limit(member: Row) -> Formula:
    """Twelve standards for severe, intellectual or mental disability, else the share for the cost of working."""
    full = step("times", number(12), parameter("standard"))
    share = step("times", number(12), parameter("standard"), parameter("employment_cost_share"))
    if member["has_full_disregard"] is None:
        return bounds(full, share)
    return full if member["has_full_disregard"] else share


def _item(subject: Subject, ledger: Ledger, person: str, item: str, is_carrying: bool) -> Formula:
    rows = subject.rows(person, item)
    if not rows:
        return ledger.fact(f"{item} of {person}", None, 0, None)
    known = [_share(ledger, row, subject.window) for row in rows]
    carried = _carried(ledger, rows, subject.window) if is_carrying else []
    return step("sum", *known, *carried)


def _share(ledger: Ledger, row: Row, window: range) -> Formula:
    """The part of a row's amount that falls into the window."""
    inside = len(range(max(row["first_month"], window.start), min(row["last_month"] + 1, window.stop))) \
        if row["first_month"] is not None else 1
    months = row["last_month"] - row["first_month"] + 1 if row["first_month"] is not None else 1
    return step("times", _amount(ledger, row), number(Fraction(inside, months)))


def _carried(ledger: Ledger, rows: list[Row], window: range) -> list[Formula]:
    """Window months after the answer that no row covers, at the monthly rate of the newest rows."""
    answered = rows[0]["answered_month"]
    hits = [row for row in rows if row["status"] == "HIT" and row["last_month"] is not None]
    latest = max((row["last_month"] for row in hits), default=None)
    if latest is None or answered is None or latest not in (answered, answered - 1):
        return []
    if any(row["first_month"] is None for row in rows):
        return []
    later = [month for month in window if month > answered
             and not any(row["first_month"] <= month <= row["last_month"] for row in rows)]
    return [
        step("times", _amount(ledger, row), number(Fraction(len(later), row["last_month"] - row["first_month"] + 1)))
        for row in hits if row["last_month"] == latest and later]


def _amount(ledger: Ledger, row: Row) -> Formula:
    what = f"{row['item_code']} {_said(row)} {row['period_from'] or ''}-{row['period_to'] or ''}"
    if row["status"] == "NONE":
        return ledger.fact(what, row["record_key"], 0, 0)
    if row["status"] == "ERROR" or row["amount_fen"] is None:
        return ledger.fact(what, row["record_key"], 0, None)
    amount = max(row["amount_fen"], 0) if row["item_code"] in INCOME else row["amount_fen"]
    return ledger.fact(what, row["record_key"], amount * FEN, amount * FEN)


def _held(ledger: Ledger, rows: list[Row], item: str, column: str) -> list[Formula]:
    if not rows:
        return [ledger.fact(item, None, 0, None)]
    if column == "amount":
        return [_amount(ledger, row) for row in rows]
    return [_quantity(ledger, row) for row in rows]


def _quantity(ledger: Ledger, row: Row) -> Formula:
    what = f"{row['item_code']} {_said(row)}"
    if row["status"] == "HIT" and row["quantity"] is not None:
        return ledger.fact(what, row["record_key"], Fraction(row["quantity"]), Fraction(row["quantity"]))
    low = 1 if row["status"] == "HIT" else 0
    return ledger.fact(what, row["record_key"], low, 0 if row["status"] == "NONE" else None)


def _said(row: Row) -> str:
    """The status of a row; a hit that a caseworker found wrong says so."""
    return "corrected by a caseworker" if row["is_corrected"] else str(row["status"])


def _business(ledger: Ledger, rows: list[Row]) -> list[Formula]:
    if not rows:
        return [ledger.statement("A05: nobody answered", None, [])]
    return [step("all", step("at_least", _quantity(ledger, row), number(1)),
                 step("above", _amount(ledger, row), number(0))) for row in rows]
