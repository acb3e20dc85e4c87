"""What the rules ask about one person on a day."""

from dataclasses import dataclass
from functools import cached_property
from math import inf

from sandbox.judge.answers import Answers
from sandbox.judge.day import Day, House
from sandbox.judge.law import COST_SHARE, Law
from sandbox.judge.months import age_on, month_from, month_of
from sandbox.judge.outcome import CERTAIN, FALSE, UNKNOWN, Bounds, told
from sandbox.population import Person, legacy_id
from sandbox.timeline import Row

INTELLECTUAL_OR_MENTAL = ("5", "6")


@dataclass
class Subject:
    """A person in the household where the person stands; `law` is that of its place."""

    day: Day
    person: Person
    house: House | None
    law: Law

    @cached_property
    def answers(self) -> Answers:
        """The systems' answers in force."""
        return self.day.answers(self.person)

    @cached_property
    def programmes(self) -> set[str]:
        """Those that cover the person."""
        return self.day.programmes(self.person)

    @property
    def death(self) -> int | None:
        """The month of death; None: not known to be dead."""
        hits = self.answers.hits("S01") + self.answers.hits("S03")
        months = [row.first for row in hits if row.first is not None] or [month_of(row.on) for row in hits]
        return min(months, default=None)

    @property
    def is_dead(self) -> bool:
        """Found dead or cremated."""
        return self.death is not None

    @property
    def knows_death(self) -> bool:
        """A system in force has answered."""
        return self.answers.won("S01") is not None or self.answers.won("S03") is not None

    @property
    def is_in_custody(self) -> bool:
        """Found in custody, today."""
        month = self.day.month
        return any((row.first is None or row.first <= month) and (row.last is None or row.last >= month)
                   for row in self.answers.hits("S02"))

    @property
    def is_counted(self) -> bool:
        """Neither dead nor in custody."""
        return not self.is_dead and not self.is_in_custody

    @property
    def age(self) -> int:
        """Completed years."""
        return age_on(self.person.birth, self.day.date)

    @cached_property
    def certificate_row(self) -> Row | None:
        """The federation's row, whatever it is worth."""
        return self.day.certificates.get(self.person.no)

    @property
    def is_valid(self) -> bool:
        """A valid certificate, disputed or not."""
        row = self.certificate_row
        return bool(row and row["证件状态"] == "正常" and (not row["有效期至"] or row["有效期至"] >= self.day.date))

    @property
    def is_disputed(self) -> bool:
        """ID and certificate number tell of two persons, and the certificate is valid otherwise."""
        row = self.certificate_row
        if row is None or not isinstance(row["身份证号"], str) or not row["身份证号"]:
            return False
        own = row["残疾人证号"][:18]
        return row["身份证号"] not in (own, legacy_id(own))

    @property
    def certificate(self) -> Row | None:
        """The valid and undisputed one."""
        return self.certificate_row if self.is_valid and not self.is_disputed else None

    @property
    def is_severe(self) -> bool:
        """Level one or two."""
        return bool(self.certificate and self.certificate["残疾等级"] in "12")

    @property
    def is_severe_or_extended(self) -> bool:
        """Or level three, in a trial district four, intellectual or mental."""
        row = self.certificate
        levels = "1234" if self.law.is_trial else "123"
        return self.is_severe or bool(row and row["残疾类别"] in INTELLECTUAL_OR_MENTAL and row["残疾等级"] in levels)

    def certificate_told(self, outcome: bool) -> int:
        """A condition on the certificate: cannot tell without a row and while it is disputed."""
        return UNKNOWN if self.certificate_row is None or self.is_disputed else told(outcome)

    def active(self, *kinds: str) -> list[Row]:
        """Subsidies paid in the month of the day."""
        return [row for row in self.day.subsidies.get(self.person.no, []) if row["kind"] in kinds
                and row["status"] == "ACTIVE" and (month_from(row["start_month"]) or 0) <= self.day.month
                and (month_from(row["end_month"]) or inf) >= self.day.month]

    @property
    def burden(self) -> int:
        """Medical burden, fen."""
        return self.day.burdens.get(self.person.no, 0)

    @property
    def is_in_lower_trigger(self) -> bool:
        """A member of a BY household, or named in a rural family whose risk stands."""
        house = self.house
        in_borderline = bool(house and house.roster and self.day.status(house.roster) == "ACTIVE"
                             and house.roster["programme"] == "BY"
                             and any(p is self.person for p in house.members))
        return in_borderline or any(claim.key.startswith("RR") and self.day.is_monitored(number)
                                    for claim, number in self.day.claims.get(self.person.no, []))

    def wages(self, is_carried: bool) -> Bounds:
        """Of the window."""
        low, high = self.answers.known["I01"]
        more = self.answers.carried["I01"] if is_carried else (0, 0)
        return low + more[0], high + more[1]

    def disregarded(self, wages: float) -> float:
        """What is not counted of so much in wages."""
        row = self.certificate
        is_kept = self.is_severe or bool(row and row["残疾类别"] in INTELLECTUAL_OR_MENTAL)
        return min(wages, 12 * self.law.standard * (1 if is_kept else COST_SHARE))

    def income(self, is_carried: bool, is_disregarded: bool) -> Bounds:
        """Of the window, fen."""
        low, high = self.wages(is_carried)
        if is_disregarded:
            low -= self.disregarded(low)
            high = high if high == inf else high - self.disregarded(high)
        for code in self.answers.known:
            if code != "I01":
                low, high = low + self.answers.known[code][0], high + self.answers.known[code][1]
                if is_carried:
                    low, high = low + self.answers.carried[code][0], high + self.answers.carried[code][1]
        return low, high

    @property
    def is_carried(self) -> bool:
        """Income was carried beyond the department's answer."""
        return any(high > 0 for _, high in self.answers.carried.values())

    @property
    def alive(self) -> int:
        """Not found dead."""
        return FALSE if self.is_dead else CERTAIN
