"""A held list goes when a person approved it with a reason; what they said stands in the day's report."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lowincome import approval, steps
from lowincome.errors import AuditFailed, ContractBroken, SettingsInvalid
from lowincome.lake import read_json, write_json
from lowincome.settings import read_settings

from tests.deliver.test_report import found
from tests.small_day import D, answer

DAY, DISTRICT = D.isoformat(), "370102"
BECAUSE = "900 new today"


def response(reason: str | None = "looked at it", **changes: Any) -> dict[str, Any]:
    """An approval as Airflow hands it over."""
    return {"chosen_options": ["Approve"], "params_input": {"reason": reason},
            "responded_by_user": {"id": "7", "name": "Li"}} | changes


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a published day says of itself, one of its lists being held."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    day = found(D)
    day["worklists"] = {DISTRICT: day["worklists"][DISTRICT] | {"held_because": BECAUSE},
                        "370103": day["worklists"][DISTRICT]}
    return write_json(tmp_path / "output" / DAY / "validation" / "results.json", day)


def change(results: Path, because: str | None) -> None:
    day = read_json(results)
    day["worklists"][DISTRICT]["held_because"] = because
    write_json(results, day)


def test_a_held_list_is_asked_about_by_district_and_counts(results: Path) -> None:
    [question] = approval.questions(DAY)
    assert question["facts"] == {"data_date": DAY, "district": DISTRICT, "name": "历下区", "because": BECAUSE}
    assert question["id"].startswith(f"{DAY}-{DISTRICT}-")


def test_nothing_held_asks_nothing(results: Path) -> None:
    change(results, None)
    assert approval.questions(DAY) == []


@pytest.mark.parametrize(("newest", "asked"), [(D - timedelta(days=1), 1), (D, 1), (D + timedelta(days=1), 0)])
def test_an_earlier_day_that_is_published_again_asks_nobody(results: Path, newest: date, asked: int) -> None:
    write_json(results.parents[3] / "lake" / "published" / f"{newest}.json", {})
    assert len(approval.questions(DAY)) == asked


def test_a_question_has_one_id_until_its_counts_change(results: Path) -> None:
    before = approval.questions(DAY)[0]["id"]
    assert approval.questions(DAY)[0]["id"] == before
    change(results, "901 new today")
    assert approval.questions(DAY)[0]["id"] != before


def test_an_approval_lets_the_list_go_and_keeps_who_and_why(
    run_day: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lowincome.deliver.districts.held", lambda today, history: {DISTRICT: BECAUSE})
    path = run_day(facts=[answer("A04", quantity=1)]) / "validation" / "results.json"
    assert read_json(path)["worklists"][DISTRICT]["rows"] == 0
    assert approval.release(DAY, DISTRICT, BECAUSE, response())["held"] == []
    listed = read_json(path)["worklists"][DISTRICT]
    assert (listed["released"], listed["rows"]) == ({"who": "Li (7)", "reason": "looked at it"}, 1)
    assert approval.questions(DAY) == []


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize("district", ["370103", "999999"])
@pytest.mark.parametrize("others", [[], [DISTRICT]])
def test_a_list_that_is_not_held_is_not_let_go_nor_any_that_was_named_with_it(
    tmp_path: Path, district: str, others: list[str]
) -> None:
    with pytest.raises(ContractBroken, match=rf"no list of {district} is held.*held that day: {DISTRICT};"):
        steps.release(DAY, [*others, district], "Li", "looked at it")
    assert not list((tmp_path / "lake").rglob("released"))


def test_no_list_of_a_day_that_is_not_published_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    with pytest.raises(ContractBroken, match="none is"):
        steps.release(DAY, [DISTRICT], "Li", "looked at it")


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize(("who", "reason", "lacking"), [
    ("", " ", "who and reason"), ("Li", "\n", "reason"), (" ", "looked", "who")])
def test_nobody_lets_a_list_go_without_name_and_reason(tmp_path: Path, who: str, reason: str, lacking: str) -> None:
    with pytest.raises(ContractBroken, match=f"needs {lacking};"):
        steps.release(DAY, [DISTRICT], who, reason)
    assert not list((tmp_path / "lake").rglob("released"))


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was let go; nothing is published."""
    calls: list[Any] = []
    monkeypatch.setattr(approval.steps, "release", lambda *arguments: calls.append(arguments))
    return calls


@pytest.mark.usefixtures("results")
def test_the_reason_is_kept_without_the_blanks_around_it(released: list[Any]) -> None:
    approval.release(DAY, DISTRICT, BECAUSE, response(" a new rule\n"))
    assert released == [(DAY, [DISTRICT], "Li (7)", "a new rule")]


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize("given", [
    response(""), response(None), response(" \n"), response(params_input={}), response(responded_by_user=None)])
def test_an_approval_without_a_reason_or_a_person_lets_nothing_go(released: list[Any], given: dict[str, Any]) -> None:
    with pytest.raises(AuditFailed, match="clear `approve`"):
        approval.release(DAY, DISTRICT, BECAUSE, given)
    assert released == []


@pytest.mark.usefixtures("results")
def test_where_approvers_are_named_nobody_else_lets_a_list_go(
    released: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert approval.approvers() is None
    monkeypatch.setenv("LOWINCOME_APPROVERS", " 8=Zhao, 12 = Wu Li ")
    assert approval.approvers() == [{"id": "8", "name": "Zhao"}, {"id": "12", "name": "Wu Li"}]
    with pytest.raises(AuditFailed, match="not among LOWINCOME_APPROVERS"):
        approval.release(DAY, DISTRICT, BECAUSE, response())
    approval.release(DAY, DISTRICT, BECAUSE, response(responded_by_user={"id": "8", "name": "Zhao"}))
    assert [arguments[2] for arguments in released] == ["Zhao (8)"]


@pytest.mark.parametrize("text", ["8", "=Zhao", "8=", "8=Zhao,9"])
def test_approvers_that_cannot_be_read_stop_instead_of_admitting_everybody(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="LOWINCOME_APPROVERS"):
        read_settings({"LOWINCOME_HOME": str(tmp_path), "LOWINCOME_APPROVERS": text})


@pytest.mark.parametrize("now", [None, "12 new today"])
def test_an_answer_to_an_older_question_lets_nothing_go(results: Path, released: list[Any], now: str | None) -> None:
    change(results, now)
    with pytest.raises(AuditFailed, match="not held as it was asked"):
        approval.release(DAY, DISTRICT, BECAUSE, response())
    assert released == []


@pytest.mark.parametrize(("user", "who"), [({"id": "7", "name": "Li"}, "Li (7)"), ({"id": "li", "name": "li"}, "li")])
def test_who_answered_is_named_as_airflow_knows_them(user: dict[str, str], who: str) -> None:
    assert approval.responder(response(responded_by_user=user)) == who
