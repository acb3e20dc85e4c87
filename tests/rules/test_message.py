"""What a caseworker reads of a flag: figures in words, and whether it is certain."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lowincome.errors import SettingsInvalid
from lowincome.rules.catalogue import load_rule, rules
from lowincome.rules.message import sentence
from lowincome.settings import INCLUDE

RULES = {rule.id: rule for rule in rules()}
B04 = RULES["B04"]


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
    (None, "登记机动车至少0辆；未答复的不按零计，暂不能确认"), (True, "登记机动车至少0辆，达到须核实的数量")])
def test_a_figure_that_leaves_the_rule_open_is_told_as_what_is_known(outcome: bool | None, words: str) -> None:
    assert words in sentence(B04, asked("0", None, outcome), "zh")


@pytest.mark.parametrize(("outcome", "words"), [
    (None, "家庭月人均收入至少0元；未答复的不按零计，收入可能低于低保标准1,114元"),
    (True, "家庭月人均收入至少0元，低于低保标准1,114元")])
def test_an_income_of_which_little_is_known_is_not_told_to_be_below_the_standard(
    outcome: bool | None, words: str
) -> None:
    income = {"criterion": "income_below_standard", "low": Decimal(0), "high": None, "threshold": Decimal(1114),
              "unit": None, "outcome": outcome}
    assert words in sentence(RULES["A01"], [income], "zh")


@pytest.mark.parametrize(("outcome", "words"), [
    (None, "目前没有部门答复该在保人员的死亡"), (True, "核对系统有该在保人员的死亡或火化记录")])
def test_a_death_that_nobody_confirms_any_more_is_not_told_as_a_record(outcome: bool | None, words: str) -> None:
    dead = {"criterion": "dead", "low": None, "high": None, "threshold": None, "unit": None, "outcome": outcome}
    assert sentence(RULES["B01"], [dead], "zh").startswith(words)


def test_doubt_about_something_else_leaves_a_figure_that_decides_as_it_is() -> None:
    unsure = {"criterion": "covered_by_db_or_by", "low": None, "high": None, "threshold": None, "unit": None,
              "outcome": None}
    said = sentence(B04, [*asked("2", None), unsure], "zh")
    assert "至少2辆，达到须核实的数量（1辆及以上）" in said and "尚不能确定" in said


def test_a_share_is_told_in_percent() -> None:
    a03 = RULES["A03"]
    rows = [{"criterion": name, "low": Decimal("0.605"), "high": Decimal("0.605"), "threshold": Decimal("0.6"),
             "unit": "share of total income" if name == "rigid_expense_share" else None, "outcome": True}
            for name in a03.criteria]
    assert "达到家庭总收入的60%（占比60.5%）" in sentence(a03, rows, "zh")


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_message_can_be_filled_from_its_own_criteria(rule: Any) -> None:
    rows = [{"criterion": name, "low": Decimal(1), "high": Decimal(2), "threshold": Decimal(3), "unit": None,
             "outcome": True, "limbs": None} for name in rule.criteria]
    open_rows = [row | {"outcome": None} for row in rows]
    assert "{" not in "".join(sentence(rule, told, language) for told in (rows, open_rows) for language in ("zh", "en"))


def held(rule: str, criterion: str, limbs: str | None) -> str:
    row = {"criterion": criterion, "low": None, "high": None, "threshold": None, "unit": None,
           "outcome": bool(limbs), "limbs": limbs}
    return sentence(RULES[rule], [row], "zh")


@pytest.mark.parametrize(("limbs", "words"), [
    ("living", "核对发现：领取生活补贴，但不在低保（扩面区县含低保边缘）范围内。"),
    ("dead|level", "核对发现：有本人的死亡或火化记录；残疾类别和等级不符合护理补贴条件。"),
    ("level|dead", "核对发现：有本人的死亡或火化记录；残疾类别和等级不符合护理补贴条件。"), (None, "核对发现：无。")])
def test_only_the_cases_that_hold_of_the_person_are_told(limbs: str | None, words: str) -> None:
    assert held("B09", "subsidy_condition_gone", limbs) == f"正在发放残疾人补贴，{words}"


def test_a_case_that_the_page_has_no_words_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="married"):
        held("B09", "subsidy_condition_gone", "married")


@pytest.mark.parametrize(("days", "limb", "words"), [
    (-5, "lapsed", "最新一份已过期5天"), (0, "today", "最新一份今天到期"),
    (12, "soon", "最新一份还有12天到期（30天以内须续签）")])
def test_an_authorization_that_ended_is_told_by_how_long_ago(days: int, limb: str, words: str) -> None:
    row = {"criterion": "authorization_ends_soon", "low": Decimal(days), "high": Decimal(days),
           "threshold": Decimal(30), "unit": "days", "outcome": True, "limbs": limb}
    assert sentence(RULES["Q01"], [row], "zh") == f"该户须续签的核对授权：{words}。"


def test_a_case_in_one_language_is_refused(tmp_path: Path) -> None:
    text = (INCLUDE / "policy" / "rules" / "B08.yaml").read_text("utf-8")
    page = tmp_path / "B08.yaml"
    page.write_text(text, "utf-8")
    assert [code for code, _, _ in load_rule(page).limbs] == ["twice", "subsidy"]
    page.write_text(text.replace(', "a disability subsidy beside extremely poor support"', ""), "utf-8")
    with pytest.raises(SettingsInvalid, match="limb subsidy is not told in two languages"):
        load_rule(page)
