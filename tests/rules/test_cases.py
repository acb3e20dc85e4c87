"""Every hand-worked household of cases/, answered as the rules' pages say. All cases of a date share one lake."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from lowincome.rules.catalogue import rules

from tests.oracle import pipeline
from tests.oracle.day import ROSTER, SOURCES, Row
from tests.oracle.worlds import Delivery
from tests.rules.situation import SECTIONS, Situation

FOLDER = Path(__file__).parent / "cases"
D = date(2026, 11, 22)
SHARED = ("people", "area", *SECTIONS)
KNOWN = {"name", "date", "yesterday", "expect", *SHARED}
WORDS = {"certain": "certain", "possible": "possible", "cannot tell": "unknown", "no": "false"}
FIGURES = {"low": "observed_low", "high": "observed_high", "threshold": "threshold"}


@dataclass(frozen=True)
class Case:
    """One household by hand: what differs from its file's base, and the answers of the rules it names."""

    number: int
    page: str
    content: dict[str, Any]

    @property
    def on(self) -> date:
        """The data date."""
        day: date = self.content.get("date", D)
        return day

    @property
    def today(self) -> Situation:
        """What the sources say on the data date."""
        return Situation(self.number, self.content, self.on)

    @property
    def yesterday(self) -> Situation | None:
        """What they said the day before, where the case needs a history."""
        earlier = self.content.get("yesterday")
        return Situation(self.number, self.content | earlier, self.on - timedelta(days=1)) if earlier else None


def read_cases() -> Iterator[Case]:
    """Every case of every page; a key that no page knows is a mistake of the page."""
    number = 0
    for page in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(page.read_text("utf-8"))
        for case in content["cases"]:
            assert not set(case) - KNOWN, f"{page.name}: {case['name']}: unknown key {set(case) - KNOWN}"
            number += 1
            yield Case(number, page.stem, content.get("base", {}) | case)


CASES = list(read_cases())


@dataclass(frozen=True)
class Answers:
    """What the pipeline answered on one date."""

    outcomes: dict[tuple[str, str], Row]
    person_of: dict[str, str]
    household_of: dict[str, str]
    bearer_of: dict[str, str]
    district_of: dict[str, str | None]

    def subject(self, case: Case, letter: str, rule: str, is_household: bool) -> str:
        """The person of a letter, or the household where that person stands (else the first on the roster)."""
        name, situation = case.today.people[letter].name, case.today
        person = next(self.person_of[row["record_key"]] for tables in situation.tables.values()
                      for row in tables["person_record"] if row["name"] == name and row["record_key"] in self.person_of)
        if not is_household:
            return person
        return self.household_of.get(person) or self.bearer_of[f"{ROSTER}:{situation.key('J', 1)}"]


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[date], Answers]]:
    """The answers of a data date, worked out once for all its cases."""
    with pytest.MonkeyPatch.context() as patch:

        @cache
        def on(day: date) -> Answers:
            home = tmp_path_factory.mktemp(day.isoformat())
            patch.setenv("LOWINCOME_HOME", str(home))
            patch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
            return run(home, day, [case for case in CASES if case.on == day])

        yield on


def run(home: Path, day: date, cases: list[Case]) -> Answers:
    """The day of these cases, after the day before of those that have one."""
    lake = pipeline.start(home)
    earlier = [case.yesterday for case in cases if case.yesterday]
    if earlier:
        lake.run(delivery(day - timedelta(days=1), [one for one in earlier if one]))
    lake.run(delivery(day, [case.today for case in cases]))
    return read_answers(lake, day)


def delivery(day: date, situations: list[Situation]) -> Delivery:
    """All situations of a day side by side; every source came."""
    rows: dict[str, dict[str, list[Row]]] = {source: defaultdict(list) for source in SOURCES}
    for situation in situations:
        for source, tables in situation.tables.items():
            for table, said in tables.items():
                rows[source][table] += said
    return Delivery(day, rows)


def read_answers(lake: pipeline.Pipeline, day: date) -> Answers:
    """The outcome table and who stands where."""
    households = lake.table("households", "household", day)
    return Answers(
        {(row["rule_id"], row["person_id"] if row["subject"] == "person" else row["household_id"]): row
         for row in lake.table("outcomes", "outcome", day)},
        {row["record_key"]: row["person_id"] for row in lake.table("resolved", "person_link", day)},
        {row["person_id"]: row["household_id"] for row in lake.table("households", "household_member", day)},
        {row["household_key"]: row["household_id"] for row in lake.table("households", "household_key", day)},
        {row["household_id"]: row["district"] for row in households},
    )


SUBJECTS = {rule.id: rule.subject for rule in rules()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}: {case.content['name']}")
def test_a_household_worked_by_hand(case: Case, answers: Callable[[date], Answers]) -> None:
    found = answers(case.on)
    for rule, expected in case.content["expect"].items():
        of_persons = isinstance(expected, dict) and all(len(key) == 1 for key in expected)
        for letter, answer in (expected if of_persons else {"a": expected}).items():
            subject = found.subject(case, letter, rule, SUBJECTS[rule] == "household")
            _compare(f"{rule} of {letter}", answer, found.outcomes.get((rule, subject)))


def _compare(where: str, expected: Any, row: Row | None) -> None:
    told = expected if isinstance(expected, dict) else {"is": expected}
    assert (row["outcome"] if row else "false") == WORDS[_word(told["is"])], where
    if "says" in told:
        assert row is not None and row["reason_zh"] == told["says"], where
    for name, column in FIGURES.items():
        if name in told:
            assert row is not None, where
            assert _as_written(row[column], told[name]) == _number(told[name]), f"{name} of {where}"


def _word(answer: Any) -> str:
    return "no" if answer is False else str(answer)


def _number(written: Any) -> Decimal | None:
    return None if written == "infinite" else Decimal(str(written))


def _as_written(value: Decimal | None, written: Any) -> Decimal | None:
    """Rounded to as many digits as the case writes."""
    wanted = _number(written)
    return value if value is None or wanted is None else value.quantize(wanted, ROUND_HALF_UP)


def test_the_cases_cover_every_rule_with_a_yes_and_a_no() -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        for rule, expected in case.content["expect"].items():
            answers = expected.values() if isinstance(expected, dict) and "is" not in expected else [expected]
            told[rule] |= {_word(answer["is"] if isinstance(answer, dict) else answer) for answer in answers}
    assert len(CASES) >= 300
    assert set(told) == set(SUBJECTS)
    assert not {rule for rule, words in told.items() if not {"no", "certain"} <= words}


def test_many_amounts_just_below_the_bound_in_one_household_are_counted_without_overflow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", "key of the test")
    amount, rows = 99_999_999_999.99, 700
    a_month = {"amount": amount, "from": 202511, "to": 202511, "as_of": date(2025, 11, 15)}  # carried on to the end
    owned = {"I01": [a_month] * rows, "A01": [amount] * rows}
    case = Case(1, "bound", {
        "province": {"a": owned, "b": owned}, "city": {"a": {"I01": 1, "A01": 1}, "b": {}, "as_of": date(2025, 11, 10)},
        "settlements": [{"paid": amount, "settled": date(2026, 5, 1), "person": letter} for letter in "ab" * rows]})
    answers = run(tmp_path, D, [case])
    for rule, told in (("A04", {"is": "certain", "low": "69999999999993.00"}), ("A01", "no")):
        subject = answers.subject(case, "a", rule, SUBJECTS[rule] == "household")
        _compare(rule, told, answers.outcomes.get((rule, subject)))
