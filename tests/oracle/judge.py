"""Every rule on every subject of one day."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from tests.oracle import rules_a, rules_b, rules_q
from tests.oracle.bounds import CERTAIN, POSSIBLE, Bounds
from tests.oracle.day import CITY, FEDERATION, MEDICAL, PROVINCE, ROSTER, RURAL, Day
from tests.oracle.facts import Facts
from tests.oracle.finding import CANNOT_TELL, Finding
from tests.oracle.households import Household, Households
from tests.oracle.persons import Persons

HOUSEHOLD_RULES = rules_a.HOUSEHOLD_RULES | rules_b.HOUSEHOLD_RULES | rules_q.HOUSEHOLD_RULES
PERSON_RULES = rules_a.PERSON_RULES | rules_b.PERSON_RULES | rules_q.PERSON_RULES
READS_CHECKING = {"A01", "A02", "A03", "A07", "A09", *(f"B0{n}" for n in range(1, 8)), "B10", "Q01", "Q02", "Q03"}
READERS = {
    MEDICAL: {"A03", "A04", "A10"},
    RURAL: {"A04", "A08", "A09"},
    FEDERATION: {"A05", "A06", "A07", "B09", "Q05"},
}

Subject = tuple[str, str]  # rule, household key or person


@dataclass(frozen=True)
class Outcome:
    """What a rule says today; held when it reads a stale source; not evaluated outside Jinan or where unknown."""

    answer: str
    is_held: bool
    observed: Bounds | None
    is_evaluated: bool

    def is_raised(self, rule: str) -> bool:
        """A and Q flag on certain or possible, B on certain only; nothing is raised while held."""
        raising = (CERTAIN,) if rule.startswith("B") else (CERTAIN, POSSIBLE)
        return self.answer in raising and not self.is_held


class Judgement:
    """All outcomes of a day, given the flags that were open the evening before (Q01 asks for open A01–A03)."""

    def __init__(self, day: Day) -> None:
        self.day = day
        facts = Facts(day)
        self.view = Persons(facts, Households(facts))

    @property
    def households(self) -> dict[str, Household]:
        """Forming key → household."""
        return self.view.households.all

    @property
    def people(self) -> list[str]:
        """Every person with a record today, subsidies included."""
        return sorted(set(self.day.person_of.values()))

    @cached_property
    def outcomes(self) -> dict[Subject, Outcome]:
        """All rules but Q01."""
        result = {}
        for rule, judge in HOUSEHOLD_RULES.items():
            for key, household in self.households.items():
                place = self.view.households.place(household)
                finding = judge(self.view, household, place) if place else None
                result[rule, key] = self._outcome(rule, finding, self.sources_of_household(household))
        for rule, judge_person in PERSON_RULES.items():
            for person in self.people:
                where = self.view.place(person)
                finding = judge_person(self.view, person, where) if where else None
                result[rule, person] = self._outcome(rule, finding, self.view.sources(person))
        return result

    def q01(self, open_a: Collection[Subject]) -> dict[Subject, Outcome]:
        """Q01 of every household, `open_a` being the flags A01–A03 that are open after today."""
        result = {}
        for key, household in self.households.items():
            has_open_a = any((rule, key) in open_a for rule in ("A01", "A02", "A03"))
            is_placed = self.view.households.place(household) is not None
            finding = rules_q.q01(self.view, household, has_open_a) if is_placed else None
            result["Q01", key] = self._outcome("Q01", finding, self.sources_of_household(household))
        return result

    def _outcome(self, rule: str, finding: Finding | None, sources: set[str]) -> Outcome:
        said = finding or CANNOT_TELL
        return Outcome(said.answer, self.is_held(rule, sources), said.observed, is_evaluated=finding is not None)

    def is_held(self, rule: str, sources: set[str]) -> bool:
        """Whether the rule reads a stale source; of the checking systems those that know the subject."""
        read = {ROSTER} | {source for source, rules in READERS.items() if rule in rules}
        if rule in READS_CHECKING:
            read |= sources & {PROVINCE, CITY}
        return bool(read & self.day.stale)

    def sources_of_household(self, household: Household) -> set[str]:
        """Sources that know the household or somebody who stands in it."""
        known = {family.source for family in household.families}
        return known.union(*(self.view.sources(person) for person in household.standing))

    @property
    def discrepancies(self) -> list[rules_q.Discrepancy]:
        """Province against city, a line per person and item."""
        return [line for person in self.people for line in rules_q.discrepancies_of(self.view, person)]
