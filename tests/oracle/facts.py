"""Facts in force: which report and city row speak for a person, which system wins an item, who is dead."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache

from tests.oracle.bounds import ANYTHING, FALSE, ONE_OR_MORE, UNKNOWN, ZERO, Bounds, exactly, total
from tests.oracle.day import CITY, PROVINCE, Day, EmploymentAnswer, Row, age_of_report, month, month_of, valid_id

DEATH_ITEMS, CUSTODY_ITEM, EMPLOYMENT_ITEM = ("S01", "S03"), "S02", "S05"
ANSWERED = ("HIT", "NONE")


@dataclass(frozen=True)
class Stopped:
    """Whether work stopped, and by the answer of which day."""

    answer: str
    on: date | None


@dataclass(frozen=True, eq=False)
class Facts:
    """The economic facts of a day, person by person."""

    day: Day

    # who speaks for a person

    @cached_property
    def report_of(self) -> dict[str, Row]:
        """Person → the newest report in force that lists the person."""
        result = {}
        for row in sorted(self.day.current[PROVINCE], key=age_of_report):
            if row["authorized_until"] >= self.day.date:
                result[self.day.person_of[row["record_key"]]] = row
        return result

    @cached_property
    def city_row_of(self) -> dict[str, Row]:
        """Person → the newest city row whose authorization has not lapsed."""
        result = {}
        newest_last = sorted(self.day.current[CITY], key=lambda row: row["record_key"], reverse=True)
        for row in sorted(newest_last, key=lambda row: row["updated_at"]):
            if is_in_force(row, self.day.date):
                result[self.day.person_of[row["record_key"]]] = row
        return result

    @cached_property
    def _province_items(self) -> dict[tuple[str, int, str], list[Row]]:
        rows = defaultdict(list)
        for row in self.day.rows("economic_fact", PROVINCE):
            rows[row["report_no"], row["report_version"], row["record_key"]].append(row)
        return rows

    @cached_property
    def _city_items(self) -> dict[str, list[Row]]:
        rows = defaultdict(list)
        for row in self.day.rows("economic_fact", CITY):
            rows[row["record_key"]].append(row)
        return rows

    def items(self, person: str, source: str) -> list[Row]:
        """All item rows in force of a person in one system."""
        if source == PROVINCE and (row := self.report_of.get(person)):
            return self._province_items[row["report_no"], row["report_version"], row["record_key"]]
        if source == CITY and (row := self.city_row_of.get(person)):
            return self._city_items[row["record_key"]]
        return []

    def has_facts(self, person: str) -> bool:
        """Whether a report in force or valid city row, not only the newest, lists the person with at least one item."""
        return person in self._persons_with_items

    @cached_property
    def _persons_with_items(self) -> set[str]:
        rows = (row for source in (PROVINCE, CITY) for row in self.day.current[source])
        listing = [row for row in rows if is_in_force(row, self.day.date) and self._has_items(row)]
        return {self.day.person_of[row["record_key"]] for row in listing}

    def _has_items(self, row: Row) -> bool:
        if row["source"] == CITY:
            return bool(self._city_items.get(row["record_key"]))
        return bool(self._province_items.get((row["report_no"], row["report_version"], row["record_key"])))

    # which system wins

    def rows_of(self, person: str, item: str, source: str) -> list[Row]:
        """The rows of one item in one system."""
        return [row for row in self.items(person, source) if row["item_code"] == item]

    def winner(self, person: str, item: str) -> str | None:
        """The system with the newest answer; the province on a tie; None when neither answered."""
        dates = {source: answer_date(self.rows_of(person, item, source)) for source in (PROVINCE, CITY)}
        answered = [source for source in (PROVINCE, CITY) if dates[source] is not None]
        return max(answered, key=lambda source: dates[source] or date.min, default=None)

    @lru_cache(maxsize=50_000)  # noqa: B019 - a day's facts live as long as the test that judges them
    def winning_rows(self, person: str, item: str) -> list[Row]:
        """The winner's rows; none when neither system answered."""
        source = self.winner(person, item)
        return self.rows_of(person, item, source) if source else []

    def amount(self, person: str, item: str) -> Bounds:
        """Yuan, the winner's rows summed."""
        return self._sum(person, item, amount_of)

    def quantity(self, person: str, item: str) -> Bounds:
        """Pieces, the winner's rows summed."""
        return self._sum(person, item, quantity_of)

    def _sum(self, person: str, item: str, value: Callable[[Row], Bounds]) -> Bounds:
        rows = self.winning_rows(person, item)
        return total(value(row) for row in rows) if rows else ANYTHING

    # dead and in custody

    def hits(self, person: str, item: str) -> list[Row]:
        """The winner's rows that found something."""
        return [row for row in self.winning_rows(person, item) if row["status"] == "HIT"]

    def is_dead(self, person: str) -> bool:
        """Only a death or cremation that was found; unknown is not dead."""
        return any(self.hits(person, item) for item in DEATH_ITEMS)

    def is_death_answered(self, person: str) -> bool:
        """Whether a row in force answers death or cremation."""
        return any(self.winner(person, item) for item in DEATH_ITEMS)

    def death_month(self, person: str) -> int | None:
        """The earliest month given, else the month of the earliest answer; None for the living."""
        rows = [row for item in DEATH_ITEMS for row in self.hits(person, item)]
        months = [month(row["period_from"]) for row in rows]
        known = [index for index in months if index is not None]
        return min(known or [month_of(row["as_of"]) for row in rows], default=None)

    def is_in_custody(self, person: str) -> bool:
        """A custody that was found, has begun and has not ended before the month of the data date."""
        return any(_lasts(row, self.day.month) for row in self.hits(person, CUSTODY_ITEM))

    def is_custody_answered(self, person: str) -> bool:
        """Whether a row in force answers custody."""
        return self.winner(person, CUSTODY_ITEM) is not None

    # employment insurance over time

    @cached_property
    def _employment_answers(self) -> dict[str, list[Row]]:
        """Person → every answered S05 row that was ever received of the person, newest last."""
        answers = defaultdict(list)
        for received in self.day.employment_received:
            for person in self._persons_by_id[valid_id(received.stated_id) or ""] or self._bearer_of_key(received):
                answers[person].append(received.row)
        return {person: in_order_of_age(rows) for person, rows in answers.items()}

    def _bearer_of_key(self, received: EmploymentAnswer) -> set[str]:
        """Who has the record key now: nobody where another number stands there, by more than a slip."""
        key = received.row["record_key"]
        now = self._stated_now.get(key, "")
        then = received.stated_id or ""
        others = sum(left != right for left, right in zip(now, then, strict=False)) if len(now) == len(then) else 0
        return {self.day.person_of[key]} if key in self.day.person_of and others <= 2 else set()

    @cached_property
    def _stated_now(self) -> dict[str, str]:
        """Record key → the text of its valid ID."""
        rows = (row for rows in self.day.records.values() for row in rows)
        return {row["record_key"]: row["id_raw"] for row in rows if valid_id(row["id_raw"])}

    @cached_property
    def _persons_by_id(self) -> dict[str, set[str]]:
        """Valid ID → everybody with a current row under it; a shared ID is a finding of its own (Q02)."""
        persons = defaultdict(set)
        for person, rows in self.day.records.items():
            for row in rows:
                if citizen_id := valid_id(row["id_raw"]):
                    persons[citizen_id].add(person)
        return persons

    def employment_stopped(self, person: str) -> Stopped:
        """Whether the winning S05 is a hit of zero, and the newest earlier answer that is none, insured; since when.

        Where nobody answers it today it cannot be told of whom the answers before leave it possible.
        """
        now = answer_date(self.winning_rows(person, EMPLOYMENT_ITEM))
        if now is not None and not self.hits(person, EMPLOYMENT_ITEM):
            return Stopped(FALSE, None)
        received = self._employment_answers.get(person, [])
        earlier = {row["as_of"]: row for row in received if now is None or row["as_of"] < now}
        since = now or self.day.date
        while earlier and _says_stopped(earlier[max(earlier)]):
            since = max(earlier)
            del earlier[since]
        before = earlier[max(earlier)] if earlier else None
        if before is None or before["status"] != "HIT" or quantity_of(before).low < 1:
            return Stopped(FALSE, None)
        return Stopped(UNKNOWN if now is None else self.quantity(person, EMPLOYMENT_ITEM).at_most(0), since)


def is_in_force(record: Row, on: date) -> bool:
    """Whether the consent to a checking row stands; one that is not stated is none. Other sources need none."""
    if record["source"] not in (PROVINCE, CITY):
        return True
    return record["authorized_until"] is not None and record["authorized_until"] >= on


def is_answer(row: Row) -> bool:
    """Whether the department answered."""
    return row["status"] in ANSWERED


def answer_date(rows: list[Row]) -> date | None:
    """The newest date of the answered rows; None when the system has not answered."""
    return max((row["as_of"] for row in rows if is_answer(row)), default=None)


def amount_of(row: Row) -> Bounds:
    """Yuan of one row; a hit without its amount may be anything."""
    if row["status"] == "NONE":
        return ZERO
    is_known = row["status"] == "HIT" and row["amount_fen"] is not None
    return exactly(Fraction(row["amount_fen"], 100)) if is_known else ANYTHING


def quantity_of(row: Row) -> Bounds:
    """Pieces of one row; a hit without its quantity is one or more."""
    if row["status"] == "NONE":
        return ZERO
    if row["status"] == "ERROR":
        return ANYTHING
    return ONE_OR_MORE if row["quantity"] is None else exactly(Fraction(row["quantity"]))


def in_order_of_age(rows: list[Row]) -> list[Row]:
    """Newest last; of one date the province, of one system the lower record key, of one record who is insured."""
    insured_last = sorted(rows, key=lambda row: row["status"] == "HIT" and quantity_of(row).low >= 1)
    lower_key_last = sorted(insured_last, key=lambda row: row["record_key"], reverse=True)
    return sorted(lower_key_last, key=lambda row: (row["as_of"], row["source"] == PROVINCE))


def _says_stopped(row: Row) -> bool:
    return bool(row["status"] == "HIT" and quantity_of(row) == ZERO)


def _lasts(row: Row, now: int) -> bool:
    begun, ended = month(row["period_from"]), month(row["period_to"])
    return (begun is None or begun <= now) and (ended is None or ended >= now)
