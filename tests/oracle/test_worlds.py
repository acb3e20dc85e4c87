"""The worlds reach every rule: a comparison of things that never happen would prove nothing."""

from collections import Counter, defaultdict

import pytest

from tests.oracle.bounds import CERTAIN, FALSE, POSSIBLE, UNKNOWN
from tests.oracle.day import Day, Row, employment_answers, valid_id
from tests.oracle.judge import HOUSEHOLD_RULES, PERSON_RULES, READS_CHECKING, Judgement
from tests.oracle.worlds import Delivery, deliveries

SEEDS, CLUSTERS = range(5), 80
NEVER_POSSIBLE = {"A05", "A06", "B01", "B02", "B08", "B09", "B10", "Q02", "Q03", "Q04", "Q05"}


def judged(delivery: Delivery) -> Judgement:
    """A first day, each record being the person of its name."""
    tables: dict[str, list[Row]] = defaultdict(list)
    for rows_of in delivery.rows.values():
        for name, rows in rows_of.items():
            tables[name] += rows
    person_of = {row["record_key"]: row["name"] for row in tables["person_record"]}
    for row in tables["subsidy"]:
        person_of[row["record_key"]] = row["name"] if valid_id(row["id_raw"]) else row["record_key"]
    return Judgement(Day(delivery.date, tables, person_of, frozenset(), tuple(employment_answers(tables))))


@pytest.fixture(scope="module")
def answers() -> Counter[tuple[str, str]]:
    """How often each rule gave each answer on the first days."""
    counts: Counter[tuple[str, str]] = Counter()
    for seed in SEEDS:
        judgement = judged(next(iter(deliveries(seed, CLUSTERS))))
        every = judgement.outcomes | judgement.q01(open_a=())
        counts.update((rule, outcome.answer) for (rule, _), outcome in every.items() if outcome.is_evaluated)
    return counts


@pytest.mark.parametrize("rule", sorted({*HOUSEHOLD_RULES, *PERSON_RULES, "Q01"}))
def test_every_rule_is_met_with_every_answer_that_it_can_give(answers: Counter[tuple[str, str]], rule: str) -> None:
    due = {CERTAIN, FALSE} | (set() if rule in NEVER_POSSIBLE else {POSSIBLE})
    due |= {UNKNOWN} if rule in READS_CHECKING - {"Q01", "Q02", "Q03"} else set()
    assert {answer for answer in due if not answers[rule, answer]} == set()
