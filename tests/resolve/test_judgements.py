"""Judgements end to end: proposed, previewed, approved by a second person, in force, withdrawn without a trace."""

import csv
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from lowincome import linkage, steps
from lowincome.errors import ContractBroken
from lowincome.lake import Lake
from lowincome.settings import read_settings

from tests.small_day import D, answer

AT = datetime(2026, 11, 23, 9, 0)
DAY = D.isoformat()
MOTHER, SON = "assistance_roster:J1/1", "rural_revitalization:rr_monitor_20261122.csv:1"


def persons(folder: Path) -> dict[str, str]:
    with (folder / "links.csv").open(encoding="utf-8") as file:
        return {row["record_key"]: row["person_id"] for row in csv.DictReader(file)}


def resolved_digest() -> str:
    sha = hashlib.sha256()
    for path in sorted((Lake(read_settings().lake).root / "resolved").rglob("*.parquet")):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def again(folder: Path) -> dict[str, str]:
    for step in steps.DAY:
        step(DAY)
    return persons(folder)


def test_a_merge_is_previewed_approved_by_another_in_force_and_undone_exactly(run_day: Callable[..., Path]) -> None:
    folder = run_day()
    before, digest = persons(folder), resolved_digest()
    assert before[MOTHER] != before[SON]

    changes = linkage.preview(DAY, MOTHER, SON, "SAME")
    assert {MOTHER, SON} <= {row["record_key"] for row in changes["person_link"]}
    (flag,) = [row for row in changes["flag"] if row["rule_id"] == "A08"]
    assert (flag["list_before"], flag["state_before"], flag["state_after"]) == ("370114", "new", None)
    assert [persons(folder), resolved_digest()] == [before, digest]

    number = linkage.judge(DAY, MOTHER, SON, "SAME", "甲", "户口本核实", AT)
    assert again(folder) == before
    with pytest.raises(ContractBroken, match="approved"):
        linkage.approve(number, "甲", "自己", AT)
    linkage.approve(number, "乙", "复核", AT)
    merged = again(folder)
    assert merged[MOTHER] == merged[SON]
    assert linkage.explain_link(DAY, MOTHER, SON)["judgements"] == ["SAME"]

    linkage.withdraw(number, "丙", "查实为两人", AT)
    assert again(folder) == before
    assert resolved_digest() == digest


def test_a_judgement_on_a_dated_file_outlives_the_file(run_day: Callable[..., Path]) -> None:
    run_day()
    number = linkage.judge(DAY, MOTHER, SON, "SAME", "甲", "户口本核实", AT)
    linkage.approve(number, "乙", "复核", AT)
    found = persons(run_day(D.replace(day=23)))
    assert found[MOTHER] == found["rural_revitalization:rr_monitor_20261123.csv:1"]


def test_the_register_holds_no_personal_data_of_a_judged_record(run_day: Callable[..., Path]) -> None:
    run_day()
    linkage.judge(DAY, MOTHER, SON, "DIFFERENT", "甲", "不是一人", AT)
    anchors = [row[side] for row in linkage.list_judgements() for side in ("left_anchor", "right_anchor")]
    assert anchors[0] == MOTHER
    assert anchors[1].startswith("rural_revitalization:")
    assert not any(text in anchors[1] for text in ("赵某", "37010219"))


@pytest.mark.parametrize(
    ("left", "right", "who", "reason"),
    [
        (MOTHER, MOTHER, "甲", "因"),
        (MOTHER, "assistance_roster:J9/9", "甲", "因"),
        (MOTHER, SON, " ", "因"),
        (MOTHER, SON, "甲", ""),
    ],
)
def test_a_judgement_needs_two_current_records_an_author_and_a_reason(
    run_day: Callable[..., Path], left: str, right: str, who: str, reason: str
) -> None:
    run_day()
    with pytest.raises(ContractBroken):
        linkage.judge(DAY, left, right, "SAME", who, reason, AT)


def test_the_golden_record_names_source_rule_and_rivals(run_day: Callable[..., Path]) -> None:
    folder = run_day(facts=[answer("A04", quantity=1)])
    rows = {row["attribute"]: row for row in linkage.golden_record(DAY, persons(folder)[MOTHER])}
    assert (rows["name"]["value"], rows["name"]["source"]) == ("王秀英", "assistance_roster")
    assert (rows["birth_date"]["value"], rows["birth_date"]["source"]) == ("1960-01-02", "valid_id")
    assert rows["phone"]["record_key"] == MOTHER
    assert "rivals" in rows["name"]


def test_an_explanation_speaks_of_agreement_and_never_of_the_values(run_day: Callable[..., Path]) -> None:
    run_day()
    found = linkage.explain_link(DAY, MOTHER, "province_check:SD1/1")
    assert found["is_one_person"]
    assert {"zh": "姓名相同", "en": "same name"} in found["agreement"]
    assert {"zh": "出生日期相同", "en": "same birth date"} in found["agreement"]
    assert not any(text in str(found) for text in ("王秀英", "1960", "13800001234"))
    assert not linkage.explain_link(DAY, MOTHER, SON)["is_one_person"]
