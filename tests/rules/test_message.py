"""What a caseworker reads of a flag: figures in words, and whether it is certain."""

from decimal import Decimal
from typing import Any

import pytest
from lowincome.rules.catalogue import rules
from lowincome.rules.message import sentence

B04 = next(rule for rule in rules() if rule.id == "B04")


def asked(low: str | None, high: str | None, outcome: bool | None = True) -> list[dict[str, Any]]:
    bounds = {name: None if value is None else Decimal(value) for name, value in (("low", low), ("high", high))}
    return [{"criterion": "vehicles_over_limit", "threshold": Decimal(1), "unit": "vehicles",
             "outcome": outcome, **bounds}]


@pytest.mark.parametrize(("low", "high", "words"), [
    ("1", "1", "登记机动车1辆"), ("1", "3", "登记机动车1至3辆"), ("1", None, "登记机动车至少1辆"),
    (None, None, "登记机动车不详辆")])
def test_bounds_are_told_in_words(low: str | None, high: str | None, words: str) -> None:
    assert words in sentence(B04, asked(low, high), "zh")


@pytest.mark.parametrize(("outcome", "is_told"), [(True, False), (None, True), (False, False)])
def test_what_only_may_hold_is_said_to_be_uncertain(outcome: bool | None, is_told: bool) -> None:
    assert ("尚不能确定" in sentence(B04, asked("0", None, outcome), "zh")) is is_told
    assert ("not certain" in sentence(B04, asked("0", None, outcome), "en")) is is_told


@pytest.mark.parametrize(("outcome", "words"), [
    (None, "按已知数据为0辆，可能达到限值1辆"), (True, "登记机动车至少0辆，限值为1辆")])
def test_a_figure_that_leaves_the_rule_open_is_told_as_what_is_known(outcome: bool | None, words: str) -> None:
    assert words in sentence(B04, asked("0", None, outcome), "zh")


def test_doubt_about_something_else_leaves_a_figure_that_decides_as_it_is() -> None:
    unsure = {"criterion": "covered_by_db_or_by", "low": None, "high": None, "threshold": None, "unit": None,
              "outcome": None}
    said = sentence(B04, [*asked("2", None), unsure], "zh")
    assert "至少2辆，限值为1辆" in said and "尚不能确定" in said


def test_a_share_is_told_in_percent() -> None:
    a03 = next(rule for rule in rules() if rule.id == "A03")
    rows = [{"criterion": name, "low": Decimal("0.605"), "high": Decimal("0.605"), "threshold": Decimal("0.6"),
             "unit": "share of total income" if name == "rigid_expense_share" else None, "outcome": True}
            for name in a03.criteria]
    assert "达到家庭总收入的60%（占比60.5%）" in sentence(a03, rows, "zh")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_message_can_be_filled_from_its_own_criteria(rule: Any) -> None:
    rows = [{"criterion": name, "low": Decimal(1), "high": Decimal(2), "threshold": Decimal(3), "unit": None,
             "outcome": True} for name in rule.criteria]
    open_rows = [row | {"outcome": None} for row in rows]
    assert "{" not in "".join(sentence(rule, told, language) for told in (rows, open_rows) for language in ("zh", "en"))
