"""Pages of law are read strictly: every mistake is refused with its file and line, before anything is evaluated."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lowincome.errors import SettingsInvalid
from lowincome.rules.catalogue import load_rules
from lowincome.rules.parameters import in_force, load_parameters, policy_table
from lowincome.settings import INCLUDE

PAGE = """\
id: standard
kind: money
unit: yuan/person/month
title_zh: 标准
title_en: Standard
description: The line.
values:
  - from: 2023-01-01
    until: 2023-12-31
    document: A
    status: published
    amounts:
      - {value: "1045"}
  - from: 2024-01-01
    document: B
    status: published
    amounts:
      - {value: "1114"}
      - {area: [370114], residence: rural, value: "884"}
"""
MISTAKES = {
    "two values that overlap": ("from: 2024-01-01", "from: 2023-12-31", 14, "an overlap"),
    "a text for a number": ('"1114"', '"eleven"', 18, "not a money"),
    "a number that YAML would round": ('"1114"', "1114.10", 18, "text in quotes"),
    "an amount of less than a fen": ('"1114"', '"1114.001"', 18, "not a money"),
    "an amount below nothing": ('"1114"', '"-1"', 18, "not a money"),
    "an unknown district": ("370114", "370202", 19, "unknown district 370202"),
    "an unknown residence": ("rural", "coastal", 19, "unknown residence coastal"),
    "an unknown key": ("unit:", "unti:", 1, "unknown key unti"),
    "an unknown key of an amount": ("residence: rural", "place: rural", 19, "unknown key place"),
    "a missing key": ("    document: B\n", "", 14, "document is missing"),
    "a key that stands twice": ("kind: money", "kind: money\nkind: count", 1, "a key stands twice"),
    "two values for one place": ("area: [370114], residence: rural, ", "", 19, "two values for"),
    "a place without a value": ('- {value: "1114"}', '- {area: [370102], value: "1114"}', 14, "a gap: no value for"),
    "a date that is none": ("from: 2024-01-01", "from: spring", 14, "from is not a date"),
    "an end before the beginning": ("until: 2023-12-31", "until: 2022-12-31", 8, "ends before it begins"),
    "a status that nobody knows": ("status: published\n    amounts:\n      - {value: \"1114\"}",
                                   "status: rumour\n    amounts:\n      - {value: \"1114\"}", 14, "status is not"),
    "an id of another page": ("id: standard", "id: standards", 1, "id or kind"),
}


def write(folder: Path, text: str, name: str = "standard.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistaken_parameter_is_refused_with_its_file_and_line(mistake: str, tmp_path: Path) -> None:
    before, after, line, said = MISTAKES[mistake]
    assert before in PAGE
    with pytest.raises(SettingsInvalid) as refusal:
        load_parameters(write(tmp_path, PAGE.replace(before, after, 1)))
    assert f"standard.yaml line {line}" in str(refusal.value)
    assert said in str(refusal.value)


def test_a_page_without_mistake_is_read_in_fen(tmp_path: Path) -> None:
    parameter = load_parameters(write(tmp_path, PAGE))[0]
    amounts = parameter.on(date(2026, 11, 22)).amounts
    assert (amounts["370114", "rural"], amounts["370114", "urban"]) == (88400, 111400)


def test_a_gap_in_time_is_refused_on_the_days_that_it_leaves_out(tmp_path: Path) -> None:
    page = PAGE.replace("from: 2024-01-01", "from: 2024-02-01")
    parameters = load_parameters(write(tmp_path, page))
    assert in_force(parameters, date(2023, 12, 31)) and in_force(parameters, date(2024, 2, 1))
    for day in (date(2024, 1, 1), date(2024, 1, 31)):
        with pytest.raises(SettingsInvalid) as refusal:
            policy_table(parameters, day)
        assert "a gap: no value of standard is in force" in str(refusal.value)
        assert "standard.yaml line 8" in str(refusal.value)


def test_a_value_that_begins_in_the_future_is_not_used_before(tmp_path: Path) -> None:
    parameters = load_parameters(write(tmp_path, PAGE))
    with pytest.raises(SettingsInvalid) as refusal:
        in_force(parameters, date(2022, 12, 31))
    assert "standard.yaml line 8" in str(refusal.value)
    assert "begins in the future, on 2023-01-01" in str(refusal.value)


def test_a_value_older_than_a_year_is_named_as_an_assumption(tmp_path: Path) -> None:
    parameters = load_parameters(write(tmp_path, PAGE))
    assert not in_force(parameters, date(2025, 1, 1))["standard"].is_assumption
    assert in_force(parameters, date(2025, 1, 2))["standard"].is_assumption


def test_a_share_is_read_exactly(tmp_path: Path) -> None:
    page = re.sub(r"1045|1114|884", "0.30", PAGE).replace("kind: money", "kind: number")
    amounts = load_parameters(write(tmp_path, page))[0].on(date(2026, 1, 1)).amounts
    assert amounts["370102", "urban"] == Decimal("0.30")


STANDARDS = [(date(2020, 4, 1), 740, 494), (date(2020, 12, 31), 740, 494), (date(2021, 1, 1), 904, 676),
             (date(2021, 12, 31), 904, 676), (date(2022, 1, 1), 995, 770), (date(2022, 12, 31), 995, 770),
             (date(2023, 1, 1), 1045, 814), (date(2023, 12, 31), 1045, 814), (date(2024, 1, 1), 1114, 884)]
WAGES = [(date(2021, 10, 1), 2100, 1900), (date(2023, 9, 30), 2100, 1900), (date(2023, 10, 1), 2200, 2010),
         (date(2025, 9, 30), 2200, 2010), (date(2025, 10, 1), 2400, 2210)]
UNIFIED, TIER_ONE = ("370103", "370104", "370105", "370112", "370176"), ("370102", "370103", "370176")


def shipped(name: str, day: date) -> dict[tuple[str, str], object]:
    return dict(next(one for one in load_parameters() if one.id == name).on(day).amounts)


@pytest.mark.parametrize(("day", "urban", "rural"), STANDARDS)
def test_the_standard_on_both_sides_of_every_change(day: date, urban: int, rural: int) -> None:
    amounts = shipped("standard", day)
    assert amounts["370114", "urban"] == urban * 100 and amounts["370114", "rural"] == rural * 100
    assert all(amounts[district, "rural"] == urban * 100 for district in UNIFIED)


@pytest.mark.parametrize(("day", "first", "second"), WAGES)
def test_the_minimum_wage_on_both_sides_of_every_change(day: date, first: int, second: int) -> None:
    amounts = shipped("minimum_wage", day)
    assert all(amounts[district, "urban"] == first * 100 for district in TIER_ONE)
    assert all(amounts[district, "rural"] == second * 100 for district in ("370113", "370116", "370124"))


RULE = (INCLUDE / "policy" / "rules" / "A05.yaml").read_text("utf-8")
RULE_MISTAKES = {
    "a criterion without file": ("  - alive", "  - lively", "criterion is not allowed or not known"),
    "a parameter that nobody set": ("[nursing_levels_3_4]", "[nursing]", "parameter is not allowed or not known"),
    "a source that is none": ("disabled_federation", "federation", "source is not allowed or not known"),
    "a corrected item that is none": ("corrects: []", "corrects: [A99]", "item is not allowed or not known"),
    "a figure of no criterion": ("observed: null", "observed: income", "observed is not allowed or not known"),
    "a direction that is none": ("direction: A", "direction: Z", "direction is not allowed"),
    "a subject that is none": ("subject: person", "subject: village", "subject is not allowed"),
    "a deadline in words": ("deadline_working_days: 10", "deadline_working_days: soon", "deadline is not allowed"),
    "a version in words": ("version: 1", "version: first", "version is not allowed"),
    "an id of another page": ("id: A05", "id: A06", "id is not allowed"),
    "a missing title": ("title_en:", "title_fr:", "unknown key title_fr"),
    "criteria that are no list": ("criteria:\n  - alive", "criteria: alive\nmore:\n  - alive", "unknown key more"),
}


@pytest.mark.parametrize("mistake", RULE_MISTAKES)
def test_a_mistaken_rule_is_refused_with_its_file_and_line(mistake: str, tmp_path: Path) -> None:
    before, after, said = RULE_MISTAKES[mistake]
    assert before in RULE
    with pytest.raises(SettingsInvalid) as refusal:
        load_rules(write(tmp_path, RULE.replace(before, after, 1), "A05.yaml"))
    assert "A05.yaml line 1" in str(refusal.value)
    assert said in str(refusal.value)
