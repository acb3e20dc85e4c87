"""One person unmasked: who may, what is logged before, and what nobody is told."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import schema
from lowincome.lake import Lake, write_table
from lowincome.pages import revealed

from tests.web.world import D, World

OWN, OTHER = "H370102000001", "H370126000001"
LI, ZHAO = {"x-user": "li"}, {"x-user": "zhao"}
WHOLE = ("王秀英", "370102196001022324", "13800001234")
WHY = {"why": "complaint"}


def path(item: str, person: str | None = None) -> str:
    return f"/item/{item}/person/{person or 'P' + item[1:]}"


def test_a_caseworker_sees_one_person_of_the_own_district_whole_and_is_logged(world: World) -> None:
    answer = world.client().post(path(OWN), data=WHY, headers=LI)
    assert answer.status_code == 200 and all(one in answer.text for one in WHOLE)
    assert [(one.user_name, one.action, one.subject, one.reason, one.detail, one.data_date) for one in world.accesses] \
        == [("li", "reveal", "P370102000001", "complaint", OWN, D)]


def test_the_look_is_logged_before_anything_is_read(world: World) -> None:
    def fail(entry: Any) -> None:
        raise RuntimeError("the log is full")

    read: list[str] = []
    office = World(
        office=world.office.__class__(**{**vars(world.office), "log_access": fail,
                                         "reveal": lambda day, person: read.append(person) or []}),
        accesses=[], found=[])
    with pytest.raises(RuntimeError):
        office.client().post(path(OWN), data=WHY, headers=LI)
    assert read == []


@pytest.mark.parametrize(("item", "person"), [
    (OTHER, None), (OWN, "P370126000001"), (OWN, "P370102000002"), (OWN, "nobody"), ("nobody", None)])
def test_others_are_not_told_of_and_nothing_is_logged(world: World, item: str, person: str | None) -> None:
    assert world.client().post(path(item, person), data=WHY, headers=LI).status_code == 404
    assert world.accesses == []


@pytest.mark.parametrize("user", ["zhao", "sun", "qian", "wu"])
def test_no_other_role_may(world: World, user: str) -> None:
    assert world.client().post(path(OWN), data=WHY, headers={"x-user": user}).status_code == 403


def test_without_a_purpose_of_the_list_nothing_is_told(world: World) -> None:
    for said in ({}, {"why": "curiosity"}):
        assert world.client().post(path(OWN), data=said, headers=LI).status_code == 422
    assert world.accesses == []


def test_the_card_stays_masked_and_has_the_button_for_caseworkers_on_the_screen_only(world: World) -> None:
    client = world.client()
    card, printed, other = (
        client.get(f"/item/{OWN}{page}?why=worklist", headers=user).text
        for page, user in (("", LI), ("/print", LI), ("", ZHAO)))
    assert not any(one in card for one in WHOLE)
    assert [path(OWN) in text for text in (card, printed, other)] == [True, False, False]


@pytest.mark.parametrize(("born", "told"), [(date(2012, 11, 22), 1), (date(2012, 11, 23), 0), (None, 1)])
def test_of_a_child_under_fourteen_nothing_is_read(tmp_path: Path, born: date | None, told: int) -> None:
    lake = Lake(tmp_path)
    rows = {
        ("resolved", "person"): [
            {"person_id": "P1", "name": "王秀英", "id_no": WHOLE[1], "birth_date": born},
            {"person_id": "P2", "name": "赵某"}],
        ("resolved", "current_record"): [{"record_key": "a:1", "phone": WHOLE[2]}, {"record_key": "a:2", "phone": "1"}],
        ("households", "household_member"): [
            {"household_id": "H1", "person_id": "P1", "record_key": "a:1"},
            {"household_id": "H1", "person_id": "P2", "record_key": "a:2"}]}
    for (layer, table), content in rows.items():
        write_table(pa.Table.from_pylist(content, schema.TABLES[table]), lake.partition(layer, table, D))
    found = revealed(lake, D, "P1")
    assert [tuple(row.values()) for row in found] == [WHOLE] * told
    assert revealed(lake, D, "P3") == []
