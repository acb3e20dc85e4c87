"""Rows of a worklist: what is gathered, in which order, what a finding takes off, and what a row says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lowincome.deliver import items, wording
from lowincome.rules.catalogue import load_rules

from tests.deliver.listing import RULES, D, flag, worklist


def rows(*flags: dict[str, Any]) -> list[list[str]]:
    """Flag ids by row, in order."""
    return [[entry["flag_id"] for entry in item.flags] for item in items.gather(flags, RULES, D)]


def test_a_household_is_one_row_and_its_gravest_rule_stands_first() -> None:
    assert rows(flag("F3", "Q01"), flag("F2", "B04"), flag("F1", "A08"), flag("F9", item_id="H2")) == [
        ["F1", "F2", "F3"], ["F9"]]


def test_new_rows_stand_first_then_townships_then_consequence_then_certainty() -> None:
    other = {"township": "姚家街道", "township_code": "370102013"}
    assert rows(
        flag("F6", item_id="H6", township=None, township_code=None),
        flag("F5", "A08", item_id="H5", **other),
        flag("F4", "Q01", item_id="H4"),
        flag("F3", "B04", item_id="H3", certainty="possible"),
        flag("F2", "B04", item_id="H2"),
        flag("F1", "Q01", item_id="H1", state="new", **other),
    ) == [["F1"], ["F2"], ["F3"], ["F4"], ["F5"], ["F6"]]


def test_of_two_alike_the_earlier_due_date_stands_first() -> None:
    early, late = flag("F2", item_id="H2", first_seen=date(2026, 10, 1)), flag("F1", item_id="H1")
    assert rows(late, early) == [["F2"], ["F1"]]


def test_every_rule_of_the_catalogue_has_its_place_in_the_order() -> None:
    for rule in load_rules():
        assert items._tier(rule.id) in range(5)


@pytest.mark.parametrize(("finding", "visited_on", "is_listed"), [
    ("confirmed", date(2026, 11, 19), True), ("not_confirmed", date(2026, 11, 19), False),
    ("data_wrong", date(2026, 11, 19), False), ("unreachable", date(2026, 11, 13), False),
    ("unreachable", date(2026, 11, 12), True), ("referred", date(2026, 11, 12), False)])
def test_a_finding_keeps_closes_or_snoozes_a_row(finding: str, visited_on: date, is_listed: bool) -> None:
    found = worklist(flag("F1", finding=finding, visited_on=visited_on))
    assert bool(found.items) is is_listed
    assert bool(found.answered) is not is_listed


def test_a_finding_about_one_rule_leaves_the_other_rules_of_the_household() -> None:
    assert rows(flag("F1", finding="not_confirmed", visited_on=D), flag("F2", "B05")) == [["F2"]]


def test_what_was_confirmed_waits_behind_what_nobody_visited() -> None:
    verified = flag("F1", "A08", finding="confirmed", visited_on=D)
    assert rows(verified, flag("F2", "Q01", item_id="H2")) == [["F2"], ["F1"]]


@pytest.mark.parametrize(("change", "zh", "en"), [
    ({"state": "new", "before_certainty": None}, "B04 新增", "B04 new"),
    ({"state": "held"}, "B04 来源过期，暂挂", "B04 on hold, its source is out of date"),
    ({"before_state": "held"}, "B04 恢复核对", "B04 checked again"),
    ({"before_certainty": "possible"}, "B04 可能→确定", "B04 possible → certain"),
    ({"before_high": None}, "B04 数值至少1辆→1辆", "B04 figure at least 1 vehicles → 1 vehicles"),
    ({"before_low": None, "before_high": None}, "B04 数值不详→1辆", "B04 figure unknown → 1 vehicles"),
    ({"before_high": Decimal(3)}, "B04 数值1～3辆→1辆", "B04 figure 1–3 vehicles → 1 vehicles"),
    ({"before_low": Decimal("0.5"), "before_high": Decimal("0.5"), "unit": "share of total income"},
     "B04 数值50%→100%", "B04 figure 50% → 100%"),
    ({"before_low": Decimal(0), "unit": "days"}, "无变化", "no change"),
    ({"finding": "confirmed", "visited_on": D}, "B04 已核实属实（2026-11-20），待办结",
     "B04 confirmed at the door on 2026-11-20, waiting to be settled"),
    ({}, "无变化", "no change")])
def test_a_row_tells_what_changed_since_yesterday(change: dict[str, Any], zh: str, en: str) -> None:
    item = worklist(flag("F1", **change)).items[0]
    assert (wording.changes(item), wording.changes(item, "en")) == (zh, en)


def test_a_rule_that_ended_today_is_told_beside_the_one_that_stays() -> None:
    ended = flag("F2", "B05", state="closed", close_reason="false: income_above_standard")
    item = worklist(flag("F1"), ended).items[0]
    assert wording.changes(item) == "B05 已销号：人均收入已不高于低保标准"
    assert wording.changes(item, "en").startswith("B05 closed: ")


def test_the_reason_gives_figures_law_and_certainty_and_masks_the_member() -> None:
    about = flag("F1", is_about_member=True, subject_name="李小明", reason_zh="登记1辆，标准1辆以下。")
    assert wording.why(worklist(about).items[0], RULES) == (
        "【B04 事项B04·确定】李**：登记1辆，标准1辆以下（依据：鲁民〔2021〕75号）。")


def test_a_flag_without_a_sentence_of_its_own_bears_the_rules_title() -> None:
    assert wording.why_en(worklist(flag("F1")).items[0], RULES) == (
        f"[B04, certain] {RULES['B04']['title_en']} Verify: look at B04.\nSince yesterday: no change.")
    told = worklist(flag("F1", reason_zh="名下1辆小轿车。", reason_en="One car.")).items[0]
    assert "名下1辆小轿车（依据" in wording.why(told, RULES)
    assert wording.why_en(told, RULES) == "[B04, certain] One car. Verify: look at B04.\nSince yesterday: no change."
