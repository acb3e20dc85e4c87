"""What a caseworker reads of a flag: figures in words, and whether it is certain."""

from decimal import Decimal
from typing import Any

import pytest
from lowincome.rules.catalogue import rules
from lowincome.rules.message import number, sentence

B04 = next(rule for rule in rules() if rule.id == "B04")


def asked(low: str | None, high: str | None, outcome: bool | None = True) -> list[dict[str, Any]]:
    bounds = {name: None if value is None else Decimal(value) for name, value in (("low", low), ("high", high))}
    return [{"criterion": "vehicles_over_limit", "threshold": Decimal(1), "outcome": outcome, **bounds}]


@pytest.mark.parametrize(("low", "high", "words"), [
    ("1", "1", "登记机动车1辆"), ("1", "3", "登记机动车1至3辆"), ("1", None, "登记机动车至少1辆"),
    (None, None, "登记机动车不详辆")])
def test_bounds_are_told_in_words(low: str | None, high: str | None, words: str) -> None:
    assert words in sentence(B04, asked(low, high), "zh")


@pytest.mark.parametrize(("outcome", "is_told"), [(True, False), (None, True), (False, False)])
def test_what_only_may_hold_is_said_to_be_uncertain(outcome: bool | None, is_told: bool) -> None:
    assert ("尚不能确定" in sentence(B04, asked("0", None, outcome), "zh")) is is_told
    assert ("not certain" in sentence(B04, asked("0", None, outcome), "en")) is is_told


@pytest.mark.parametrize(("value", "text"), [
    ("0", "0"), ("100", "100"), ("1114.00000000", "1,114"), ("682.185", "682.19"), ("-6", "-6"), ("0.60", "0.6")])
def test_a_figure_has_at_most_two_digits_after_the_point(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_message_can_be_filled_from_its_own_criteria(rule: Any) -> None:
    rows = [{"criterion": name, "low": Decimal(1), "high": Decimal(2), "threshold": Decimal(3), "outcome": True}
            for name in rule.criteria]
    assert "{" not in sentence(rule, rows, "zh") + sentence(rule, rows, "en")
