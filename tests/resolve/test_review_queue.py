"""What waits for a person: one case a cluster, first the case on which most depends, in words."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome.resolve import cases

from tests.resolve.small import resolve, with_check_digit


def pair(left: str, right: str | None, kind: str = "likely_same", pattern: str | None = None) -> dict[str, Any]:
    return {
        "left_key": f"k:{left}",
        "right_key": right and f"k:{right}",
        "kind": kind,
        "pattern": pattern,
        "score": 0.7,
        "left_person_id": left,
        "right_person_id": right,
    }


def weight(person: str, flags: int = 0, is_paid: bool = False) -> dict[str, Any]:
    return {"person_id": person, "flags": flags, "is_paid": is_paid}


def test_doubts_that_hang_together_are_one_case() -> None:
    pairs = [pair("P1", "P2"), pair("P3", "P2"), pair("P4", "P5")]
    found = cases.queue(pairs, [weight(f"P{number}") for number in range(1, 6)])
    assert [case["persons"] for case in found] == [["P1", "P2", "P3"], ["P4", "P5"]]
    assert [len(case["doubts"]) for case in found] == [2, 1]


def test_the_case_with_most_open_flags_comes_first_then_the_one_with_most_payments() -> None:
    pairs = [pair("P1", "P2"), pair("P3", "P4"), pair("P5", "P6")]
    weights = [
        weight("P1"),
        weight("P2", is_paid=True),
        weight("P3", flags=2),
        weight("P4"),
        weight("P5"),
        weight("P6"),
    ]
    assert [case["case_id"] for case in cases.queue(pairs, weights)] == ["P3", "P1", "P5"]


def test_a_held_subsidy_is_a_case_of_its_own() -> None:
    found = cases.queue([pair("P1", None, "held_subsidy")], [weight("P1", is_paid=True)])
    assert found[0]["doubts"][0]["question"]["zh"] == "补贴记录无法按身份证号落到人"


def test_evidence_is_said_in_words_and_what_is_unknown_is_left_out() -> None:
    found = cases.queue(
        [pair("P1", "P2", "other_name", "name=near birth=exact phone=unknown")], [weight("P1"), weight("P2")]
    )
    assert found[0]["doubts"][0]["evidence"] == [
        {"zh": "姓名差一字", "en": "names differ in one character"}, {"zh": "出生日期相同", "en": "same birth date"}]


@pytest.mark.parametrize(("name", "asked"), [
    ("王瑛", ["name=sound"]), ("王梅", ["name=surname"]), ("李梅", [])], ids=["read alike", "another", "all another"])
def test_a_doubt_about_a_name_tells_whether_it_is_read_alike(name: str, asked: list[str], tmp_path: Path) -> None:
    found = resolve(tmp_path, [
        {"key": "assistance_roster:J1/1", "name": "王英", "id": with_check_digit("37010219880304092"),
         "birth": date(1988, 3, 4), "sex": "2", "phone": "13887654321", "family": "J1"},
        {"key": "medical_insurance:1", "name": name, "birth": date(1988, 3, 4), "sex": "2", "phone": "13887654321"}])
    assert [row["pattern"].split()[0] for row in found.table("review_pair")] == asked


def test_a_record_under_anothers_id_is_told_with_what_speaks_against_the_holder(tmp_path: Path) -> None:
    father = with_check_digit("37010219600102231")
    holder = {"key": "assistance_roster:J1/1", "id": father, "name": "王建国", "birth": date(1960, 1, 2), "sex": 1}
    son = {"key": "medical_insurance:3", "id": father, "name": "王小明", "birth": date(1988, 3, 4), "sex": 1}
    (doubt,) = resolve(tmp_path, [holder, {**holder, "key": "medical_insurance:1"}, son]).table("review_pair")
    assert (doubt["kind"], doubt["pattern"]) == ("id_of_another", "name=surname birth=different sex=same")
