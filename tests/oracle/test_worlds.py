"""The oracle alone on its worlds: every rule is reached, outages are harmless, and silence makes nothing certain."""

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

import pytest

from tests.oracle.arrivals import Arrivals
from tests.oracle.bounds import CERTAIN, FALSE, POSSIBLE, UNKNOWN
from tests.oracle.day import CITY, PROVINCE, SOURCES, Row, valid_id
from tests.oracle.episodes import CLOSED, NEW, Flag, Register
from tests.oracle.judge import HOUSEHOLD_RULES, PERSON_RULES, READS_CHECKING, Judgement, Subject
from tests.oracle.worlds import Delivery, deliveries

SEEDS, CLUSTERS = range(12), 80
NEVER_POSSIBLE = {"A05", "A06", "B01", "B02", "B08", "B09", "B10", "Q02", "Q03", "Q04", "Q05"}
SELDOM_POSSIBLE = {"A10"}  # left dibao, and a member's A04 or A09 that is itself only possible
OUTAGE_DAYS = (0, 1, 2, 3, 4, 8, 9)


def judged(arrivals: Arrivals, delivery: Delivery) -> Judgement:
    """A day on which each record is the person of its name."""
    arrivals.take(delivery)
    tables = arrivals.tables
    person_of = {row["record_key"]: row["name"] for row in tables["person_record"]}
    for row in tables["subsidy"]:
        person_of[row["record_key"]] = row["name"] if valid_id(row["id_raw"]) else row["record_key"]
    return Judgement(arrivals.day(delivery.date, person_of))


def first_day(seed: int) -> Delivery:
    """Everything that a world says at first."""
    return next(iter(deliveries(seed, CLUSTERS)))


@pytest.fixture(scope="module")
def answers() -> Counter[tuple[str, str]]:
    """How often each rule gave each answer on the first days."""
    counts: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        judgement = judged(Arrivals(), first_day(seed))
        every = judgement.outcomes | judgement.q01(open_a=())
        counts.update((rule, outcome.answer) for (rule, _), outcome in every.items() if outcome.is_evaluated)
    return counts


@pytest.mark.parametrize("rule", sorted({*HOUSEHOLD_RULES, *PERSON_RULES, "Q01"}))
def test_every_rule_is_met_with_every_answer_that_it_can_give(answers: Counter[tuple[str, str]], rule: str) -> None:
    due = {CERTAIN, FALSE} | (set() if rule in NEVER_POSSIBLE | SELDOM_POSSIBLE else {POSSIBLE})
    due |= {UNKNOWN} if rule in READS_CHECKING - {"Q01", "Q02", "Q03"} else set()
    assert {answer for answer in due if not answers[rule, answer]} == set()


def flags_by_day(world: Iterable[Delivery]) -> Iterator[dict[Subject, Flag]]:
    """The register, day after day."""
    arrivals, register = Arrivals(), Register()
    for delivery in world:
        yield register.enter(delivery.date, judged(arrivals, delivery), str, {})


@pytest.mark.parametrize("seed", range(4))
def test_an_outage_of_any_sources_for_any_days_raises_no_flag_and_ends_none(seed: int) -> None:
    """The world stands still, so that whatever happens comes of the calendar or of the outage."""
    quiet = list(deliveries(seed, 20, OUTAGE_DAYS, changes=0, missing=0))
    undisturbed = list(flags_by_day(quiet))
    disturbed = list(flags_by_day(with_outages(quiet, Random(seed))))
    raised: set[Subject] = set()
    held = 0
    for usual, day in zip(undisturbed, disturbed, strict=True):
        raised |= {subject for subject, flag in usual.items() if flag.state == NEW}
        is_open = {subject for subject, flag in usual.items() if flag.state != CLOSED}
        assert {subject for subject, flag in day.items() if flag.state == NEW} <= raised
        assert not {subject for subject, flag in day.items() if flag.state == CLOSED} & is_open
        held += sum(flag.state == "held" for flag in day.values())
    assert held, "no outage was long enough to hold a flag"


def with_outages(world: list[Delivery], chance: Random) -> Iterator[Delivery]:
    """Sources fail on most days after the first."""
    for number, delivery in enumerate(world):
        coming = {source for source in SOURCES if number == 0 or chance.random() < 0.4}
        yield Delivery(delivery.date, {source: delivery.rows[source] for source in sorted(coming)})


@pytest.mark.parametrize("seed", range(4))
def test_a_department_that_falls_silent_makes_nothing_certain(seed: int) -> None:
    """A09, A10 and Q01 aside: they ask for the answer before, and for flags that may now be open.

    Only where one system spoke of the item: where both did, the other now wins, and may well be certain.
    """
    delivery = first_day(seed)
    before = judged(Arrivals(), delivery)
    after = judged(Arrivals(), fallen_silent(delivery, before, Random(seed)))
    changed = 0
    for subject, outcome in after.outcomes.items():
        if subject[0] not in ("A09", "A10"):
            changed += outcome.answer != before.outcomes[subject].answer
            assert outcome.answer != CERTAIN or before.outcomes[subject].answer == CERTAIN, subject
    assert changed, "no answer mattered"


def fallen_silent(delivery: Delivery, judgement: Judgement, chance: Random) -> Delivery:
    """Three in ten answers of nothing become no answer."""
    sources = {source: dict(tables) for source, tables in delivery.rows.items()}
    for source in (PROVINCE, CITY):
        rows = sources[source].get("economic_fact", [])
        sources[source]["economic_fact"] = [
            row | {"status": "ERROR"} if _may_fall_silent(row, judgement) and chance.random() < 0.3 else row
            for row in rows
        ]
    return Delivery(delivery.date, sources)


def _may_fall_silent(row: Row, judgement: Judgement) -> bool:
    person = judgement.day.person_of.get(row["record_key"])
    if person is None or row["status"] != "NONE":
        return False
    other = CITY if row["source"] == PROVINCE else PROVINCE
    return not judgement.view.facts.rows_of(person, row["item_code"], other)
