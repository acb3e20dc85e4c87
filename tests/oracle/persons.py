"""What is known of one person: age, coverage, certificate, subsidies, medical burden."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from tests.oracle.bounds import CERTAIN, FALSE, POSSIBLE
from tests.oracle.day import (
    FEDERATION,
    MEDICAL,
    ROSTER,
    RURAL,
    SOURCES,
    Day,
    Row,
    add_months,
    birth_date_of,
    month,
    valid_id,
)
from tests.oracle.facts import Facts, is_in_force
from tests.oracle.households import Household, Households
from tests.oracle.law import Place, district_of, residence_by_code

INTELLECTUAL_OR_MENTAL = ("5", "6")
ENDLESS = 10**9


@dataclass(frozen=True)
class Persons:
    """The persons of a day."""

    facts: Facts
    households: Households

    @property
    def day(self) -> Day:
        """The day that is judged."""
        return self.facts.day

    # who, where, how old

    def place(self, person: str) -> Place | None:
        """Where the person's household stands; without one the insured row's area, else the certificate's."""
        household = self.households.home_of.get(person)
        if household:
            return self.households.place(household)
        codes = [row["area_code"] for source in (MEDICAL, FEDERATION) for row in self._rows(person, source)]
        code = next((code for code in codes if code), None)
        district = district_of(code)
        return Place(district, residence_by_code(code), self.day.date) if code and district else None

    def _rows(self, person: str, source: str) -> list[Row]:
        rows = [row for row in self.day.records.get(person, []) if row["source"] == source]
        return sorted(rows, key=lambda row: row["record_key"])

    @cached_property
    def ids_in_force(self) -> dict[str, set[str]]:
        """Person → different valid IDs in rows in force; lapsed consents and disputed certificates raise no doubt."""
        ids = defaultdict(set)
        disputed = {row["record_key"] for row in self.day.rows("certificate") if row["is_disputed"]}
        for person, rows in self.day.records.items():
            for row in rows:
                citizen_id = valid_id(row["id_raw"])
                if citizen_id and is_in_force(row, self.day.date) and row["record_key"] not in disputed:
                    ids[person].add(citizen_id)
        return ids

    @cached_property
    def persons_under(self) -> dict[str, set[str]]:
        """Valid ID → persons with a row in force under it."""
        persons = defaultdict(set)
        for person, ids in self.ids_in_force.items():
            for citizen_id in ids:
                persons[citizen_id].add(person)
        return persons

    def birth_date(self, person: str) -> date | None:
        """By a valid ID, else as a row states it; of several by the most authoritative source."""
        rows = [row for source in SOURCES for row in self._rows(person, source)]
        by_id = [birth_date_of(citizen_id) for row in rows if (citizen_id := valid_id(row["id_raw"]))]
        return next((born for born in by_id + [row["birth_date"] for row in rows] if born), None)

    # coverage

    @cached_property
    def coverings(self) -> dict[str, set[str]]:
        """Person → roster households that cover the person today."""
        covered = defaultdict(set)
        for key in filter(self.households.is_active, self.households.coverage):
            for row in self.households.roster_rows(key):
                covered[self.day.person_of[row["record_key"]]].add(key)
        return covered

    @cached_property
    def single_dibao(self) -> dict[str, set[str]]:
        """Person → roster households that are the person's one-person dibao."""
        single = defaultdict(set)
        for key in self.households.coverage:
            for row in self.households.roster_rows(key):
                if row["single_person_dibao"] and self.programme(key) == "DB":
                    single[self.day.person_of[row["record_key"]]].add(key)
        return single

    def programme(self, roster_key: str) -> str:
        """DB, TK, BY or ZC."""
        programme: str = self.households.coverage[roster_key]["programme"]
        return programme

    def is_covered(self, person: str, *programmes: str) -> bool:
        """Covered by one of the programmes; by any when none is named."""
        return any(not programmes or self.programme(key) in programmes for key in self.coverings.get(person, set()))

    # relapse monitoring

    @cached_property
    def risk_of_family(self) -> dict[str, str]:
        """Rural family → whether its risk stands: possible when no row says and none says it stands."""
        words = defaultdict(set)
        for row in self.day.rows("monitored_household"):
            words[row["household_key"]].add(row["risk_removed"])
        return {key: CERTAIN if False in said else POSSIBLE if None in said else FALSE for key, said in words.items()}

    def is_monitored(self, person: str) -> str:
        """Whether a rural family whose risk stands names the person."""
        risks = [self.risk_of_family.get(row["household_key"], FALSE) for row in self._rows(person, RURAL)]
        return next((risk for risk in (CERTAIN, POSSIBLE) if risk in risks), FALSE)

    # certificates

    @cached_property
    def certificates(self) -> dict[str, list[Row]]:
        """Person → certificate rows."""
        rows = defaultdict(list)
        for row in self.day.rows("certificate"):
            rows[self.day.person_of[row["record_key"]]].append(row)
        return rows

    def certificate(self, person: str) -> Row | None:
        """The newest valid certificate that is not disputed."""
        rows = [row for row in self.certificates.get(person, []) if self._is_valid(row) and not row["is_disputed"]]
        return max(sorted(rows, key=lambda row: row["record_key"], reverse=True), key=_age_of_certificate, default=None)

    def _is_valid(self, row: Row) -> bool:
        return row["status"] == "NORMAL" and (row["valid_until"] is None or row["valid_until"] >= self.day.date)

    def is_disputed(self, person: str) -> bool:
        """Whether all that the person holds is a certificate whose number disagrees with the ID."""
        rows = self.certificates.get(person, [])
        return self.certificate(person) is None and any(row["is_disputed"] for row in rows)

    def is_severe(self, person: str) -> bool:
        """Level 1 or 2, any type."""
        certificate = self.certificate(person)
        return certificate is not None and certificate["level"] in ("1", "2")

    def is_severe_or_extended(self, person: str, place: Place) -> bool:
        """Severe, or intellectual or mental of level 3, also of level 4 where the district says so."""
        certificate = self.certificate(person)
        levels = ("3", "4") if place.is_extended else ("3",)
        is_extended = self._is_intellectual_or_mental(certificate) and certificate and certificate["level"] in levels
        return self.is_severe(person) or bool(is_extended)

    def keeps_all_wages(self, person: str) -> bool:
        """Wages up to the standard are disregarded: severe, or intellectual or mental of any level."""
        return self.is_severe(person) or self._is_intellectual_or_mental(self.certificate(person))

    @staticmethod
    def _is_intellectual_or_mental(certificate: Row | None) -> bool:
        return certificate is not None and certificate["category"] in INTELLECTUAL_OR_MENTAL

    # subsidies

    @cached_property
    def subsidies(self) -> dict[str, list[Row]]:
        """Person → disability subsidies placed there by the ID."""
        rows = defaultdict(list)
        for row in self.day.rows("subsidy"):
            person = self._receiver(row)
            if person:
                rows[person].append(row)
        return rows

    def _receiver(self, subsidy: Row) -> str | None:
        """By a valid ID, or by an ID one digit or one swap off with the same name; else nobody."""
        stated = subsidy["id_raw"]
        if valid_id(stated):
            return self.day.person_of[subsidy["record_key"]]
        near = {
            person
            for person, rows in self.day.records.items()
            for row in rows
            if row["name"] == subsidy["name"] and is_near(stated, valid_id(row["id_raw"]))
        }
        return near.pop() if len(near) == 1 else None

    def active_subsidies(self, person: str) -> list[Row]:
        """Subsidies that are paid in the month of the data date."""
        now = self.day.month
        return [
            row
            for row in self.subsidies.get(person, [])
            if row["status"] == "ACTIVE" and (month(row["start_month"]) or 0) <= now <= end_of(row)
        ]

    def has_active(self, person: str, kind: str) -> bool:
        """Whether a subsidy of this kind is paid."""
        return any(row["kind"] == kind for row in self.active_subsidies(person))

    # medical burden

    @cached_property
    def burdens(self) -> dict[str, Fraction]:
        """Person → own payments of the last twelve months, yuan; a refund counts where its settlement stands."""
        rows = {row["settlement_id"]: row for row in self.day.rows("settlement")}
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for row in rows.values():
            chain = self._reversed(rows, row)
            origin = chain[-1]
            if not origin["refund_of"] and all(self._counts(link, origin) for link in chain):
                sums[self.day.person_of[origin["person_record_key"]]] += Fraction(row["self_fen"], 100)
        return {person: max(Fraction(0), amount) for person, amount in sums.items()}

    @staticmethod
    def _reversed(rows: dict[str, Row], row: Row) -> list[Row]:
        """The row, what it reverses, and what that reverses; the last one reverses nothing, or what is not known."""
        chain = [row]
        while len(chain) < 3 and chain[-1]["refund_of"] in rows:
            chain.append(rows[chain[-1]["refund_of"]])
        return chain

    def _counts(self, row: Row, origin: Row) -> bool:
        today = self.day.date
        is_in_window = add_months(today, -12) < origin["settled_at"].date() <= today
        is_known = origin["person_record_key"] in self.day.person_of
        return is_in_window and row["settled_at"].date() <= today and is_known

    def burden(self, person: str) -> Fraction:
        """Own payments, yuan; none is zero."""
        return self.burdens.get(person, Fraction(0))

    # the household

    def household(self, person: str) -> Household | None:
        """Where the person stands."""
        return self.households.home_of.get(person)

    def sources(self, person: str) -> set[str]:
        """Sources with a current row of the person, subsidies aside."""
        return {row["source"] for row in self.day.records.get(person, [])} | {ROSTER}


def is_near(stated: str | None, true: str | None) -> bool:
    """One digit wrong, or two neighbours swapped."""
    if not stated or not true or len(stated) != len(true):
        return False
    wrong = [place for place, (left, right) in enumerate(zip(stated, true, strict=True)) if left != right]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return stated[wrong[0]] == true[wrong[1]] and stated[wrong[1]] == true[wrong[0]]
    return len(wrong) == 1


def end_of(subsidy: Row) -> int:
    """The last month paid; endless when none is stated."""
    last = month(subsidy["end_month"])
    return ENDLESS if last is None else last


def _age_of_certificate(row: Row) -> tuple[date, date, str, str]:
    number = row["certificate_no"] or ""
    return row["issued_on"] or date.min, row["updated_on"] or date.min, number[20:], number
