"""Doubts are put before reviewers; two people make a judgement, and either may take it back."""

from dataclasses import replace

import pytest
from lowincome.register.models import Judgement, JudgementReview
from sqlalchemy import create_engine, select

from tests.web.world import D, World

QIAN, ZHOU = {"x-user": "qian"}, {"x-user": "zhou"}
SAID = {"left": "city_check:1", "right": "medical_insurance:2", "verdict": "SAME", "reason": "同一身份证"}


def test_a_reviewer_sees_the_doubt_with_its_evidence_and_what_hangs_on_it(world: World) -> None:
    text = world.client().get("/linkage", headers=QIAN).text
    for words in ("很可能是同一人", "97.0 %", "city_check:1", "姓名相同"):
        assert words in text
    assert [(entry.action, entry.subject) for entry in world.accesses] == [("linkage", "P1")]


def test_a_judgement_is_proposed_by_one_and_approved_by_another(world: World) -> None:
    client = world.client()
    assert client.post("/linkage/judge", data=SAID, headers=QIAN).status_code == 303
    assert 'action="/linkage/approve/1"' not in client.get("/linkage", headers=QIAN).text
    assert client.post("/linkage/approve/1", data={"reason": "自己"}, headers=QIAN).status_code == 409
    assert 'action="/linkage/approve/1"' in client.get("/linkage", headers=ZHOU).text
    assert client.post("/linkage/approve/1", data={"reason": "核对无误"}, headers=ZHOU).status_code == 303
    (judgement,) = world.office.identity.judgements()
    assert (judgement["author"], judgement["approved_by"], judgement["withdrawn_by"]) == ("qian", "zhou", None)


def test_a_judgement_is_withdrawn_once(world: World) -> None:
    client = world.client()
    client.post("/linkage/judge", data=SAID, headers=QIAN)
    assert client.post("/linkage/withdraw/1", data={"reason": "误判"}, headers=QIAN).status_code == 303
    assert client.post("/linkage/withdraw/1", data={"reason": "误判"}, headers=QIAN).status_code == 409
    assert 'action="/linkage/' not in client.get("/linkage", headers=ZHOU).text.replace("/linkage/judge", "")


def test_what_is_not_a_judgement_is_refused_and_recorded_nowhere(world: World) -> None:
    client = world.client()
    for change, status in (({"verdict": "PERHAPS"}, 422), ({"reason": ""}, 422), ({"right": SAID["left"]}, 409)):
        assert client.post("/linkage/judge", data=SAID | change, headers=QIAN).status_code == status
    assert client.post("/linkage/erase/1", data={"reason": "x"}, headers=QIAN).status_code == 404
    assert client.post("/linkage/approve/7", data={"reason": "x"}, headers=QIAN).status_code == 409
    assert world.office.identity.judgements() == []


def test_a_caseworker_neither_sees_nor_judges(world: World) -> None:
    client = world.client()
    assert client.get("/linkage", headers={"x-user": "li"}).status_code == 403
    assert client.post("/linkage/judge", data=SAID, headers={"x-user": "li"}).status_code == 403


ID, ALIKE = "city_check:370102196001022324", "city_check:370102197001022324"
MASKED = "city_check:3701**********2324"


def with_doubts(world: World, *left_keys: str) -> World:
    """The planted doubt once for each of these keys."""
    (case,) = world.office.identity.cases(D, "run")
    doubts = [case["doubts"][0] | {"left_key": key} for key in left_keys]
    cases = [case | {"doubts": doubts}]
    return replace(world, office=replace(world.office, identity=replace(
        world.office.identity, cases=lambda day, run_id: cases)))


def test_a_key_that_is_an_id_is_masked_on_the_page_and_whole_in_the_judgement(world: World) -> None:
    client = (doubted := with_doubts(world, ID)).client()
    text = client.get("/linkage", headers=QIAN).text
    assert MASKED in text and ID not in text
    assert client.post("/linkage/judge", data=SAID | {"left": MASKED}, headers=QIAN).status_code == 303
    (judgement,) = doubted.office.identity.judgements()
    assert judgement["left_anchor"] == ID


@pytest.mark.parametrize(("doubts", "judged"), [((ID, ALIKE), MASKED), ((ID, ID), ID)])
def test_which_of_two_keys_that_look_alike_is_meant_is_never_guessed(
    world: World, doubts: tuple[str, str], judged: str
) -> None:
    doubted = with_doubts(world, *doubts)
    doubted.client().post("/linkage/judge", data=SAID | {"left": MASKED}, headers=QIAN)
    assert [row["left_anchor"] for row in doubted.office.identity.judgements()] == [judged]


def test_an_id_or_phone_in_a_reason_is_masked_before_it_is_recorded_or_shown(world: World) -> None:
    client, why = world.client(), "本人 370102196001022324 电话 13800001234"
    client.post("/linkage/judge", data=SAID | {"reason": why}, headers=QIAN)
    client.post("/linkage/approve/1", data={"reason": why}, headers=ZHOU)
    masked = "本人 3701**********2324 电话 138****1234"
    assert masked in client.get("/linkage", headers=QIAN).text
    engine = create_engine(f"sqlite:///{world.office.staff.with_name('register.db')}")
    with engine.connect() as connection:
        kept = [connection.execute(select(table.reason)).scalar_one() for table in (Judgement, JudgementReview)]
    assert kept == [masked, masked]
