"""A caseworker sees the own districts and nothing of another, whatever they ask: hundreds of random users try."""

import io
import random
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from lowincome.web.prepare import district_names

from tests.web import world as planted
from tests.web.world import HOUSEHOLDS, PER_DISTRICT, World, flag_id, token

USERS = 200


@pytest.fixture(scope="module")
def areas() -> dict[str, list[str]]:
    """Random users, each with one to five districts (and one with all)."""
    chance = random.Random(20261122)
    codes = list(district_names())
    return {f"user{number}": sorted(chance.sample(codes, chance.randint(1, 5))) for number in range(USERS)}


@pytest.fixture(scope="module")
def crowd(planted_home: Path, areas: dict[str, list[str]], tmp_path_factory: pytest.TempPathFactory) -> World:
    """The planted days with all these users on the staff."""
    staff = {name: {"roles": ["caseworker"], "districts": codes} for name, codes in areas.items()}
    return planted.open_world(planted_home, tmp_path_factory.mktemp("crowd") / "staff.yaml", staff)


@pytest.fixture(scope="module")
def client(crowd: World) -> TestClient:
    """Everybody's client."""
    return crowd.client()


def foreign(codes: list[str], seed: str) -> str:
    """A household of a district that is not among these."""
    return random.Random(seed).choice([home for home, code in HOUSEHOLDS.items() if code not in codes])


def test_lists_counts_and_choices_hold_the_own_districts_whole_and_nothing_else(
    client: TestClient, areas: dict[str, list[str]]
) -> None:
    for user, codes in areas.items():
        text = client.get("/worklist", headers={"x-user": user}).text
        shown = {home for home in HOUSEHOLDS if home in text}
        assert shown == {home for home, code in HOUSEHOLDS.items() if code in codes}, user
        assert f"<b>{PER_DISTRICT * len(codes)}</b> 件事项" in text
        assert not any(f'value="{code}"' in text or f'value="{code}001"' in text
                       for code in district_names() if code not in codes)


def test_search_and_district_filters_find_nothing_outside(client: TestClient, areas: dict[str, list[str]]) -> None:
    for user, codes in areas.items():
        home = foreign(codes, user)
        query = random.Random(user).choice([f"number={home}", f"district={HOUSEHOLDS[home]}"])
        text = client.get(f"/worklist?{query}", headers={"x-user": user}).text
        assert "<b>0</b> 件事项" in text, (user, query)


def test_direct_links_prints_and_findings_outside_are_as_if_they_did_not_exist(
    client: TestClient, crowd: World, areas: dict[str, list[str]]
) -> None:
    found = {"finding": "confirmed", "visited_on": "2026-11-23"}
    nothing = client.get("/item/Hffffffffffffffff?why=worklist", headers={"x-user": "user0"}).text
    for user, codes in areas.items():
        home, headers = foreign(codes, user), {"x-user": user}
        asked = random.Random(user).choice(["?why=worklist", "/print?why=worklist", "/finding"])
        method, data = ("POST", found | {"flag": flag_id(home)}) if asked == "/finding" else ("GET", None)
        answer = client.request(method, f"/item/{home}{asked}", data=data, headers=headers)
        assert answer.status_code == 404, user
        assert answer.text.partition("<main")[2] == nothing.partition("<main")[2]
    assert crowd.found == []


def test_statistics_count_the_own_districts_and_name_no_other(client: TestClient, areas: dict[str, list[str]]) -> None:
    for user, codes in list(areas.items())[::3]:
        text = client.get("/statistics", headers={"x-user": user}).text
        first = text.partition("<tbody>")[2].partition("</tbody>")[0]
        flags = [int(cell.partition("<")[0]) for cell in first.split('data-label="标记数">')[1:]]
        assert sum(flags) == PER_DISTRICT * len(codes), user
        named = {code for code, (chinese, _) in district_names().items() if chinese in text.partition("<main")[2]}
        assert named <= set(codes), user


def test_exports_and_workbooks_hold_the_own_districts_only(client: TestClient, areas: dict[str, list[str]]) -> None:
    for user, codes in list(areas.items())[::3]:
        content = client.get("/worklist/export.xlsx", headers={"x-user": user}).content
        cells = {cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
                 for cell in row}
        assert {token(home, code) for home, code in HOUSEHOLDS.items() if code in codes} <= cells
        assert not {token(home, code) for home, code in HOUSEHOLDS.items() if code not in codes} & cells
        for code in (codes[0], HOUSEHOLDS[foreign(codes, user)]):
            answer = client.get(f"/workbook/{code}", headers={"x-user": user})
            assert answer.status_code == (200 if code in codes else 404)


def test_a_held_district_shows_no_row_to_anybody_and_the_others_are_whole(
    planted_home: Path, areas: dict[str, list[str]], tmp_path: Path
) -> None:
    held = random.Random(5).sample(sorted(district_names()), 4)
    staff = {name: {"roles": ["caseworker"], "districts": codes} for name, codes in areas.items()}
    client = planted.open_world(planted.hold(planted_home, tmp_path, *held), tmp_path / "staff.yaml", staff).client()
    for user, codes in list(areas.items())[::3]:
        home, headers = random.Random(user).choice(list(HOUSEHOLDS)), {"x-user": user}
        text, shown = client.get("/worklist", headers=headers).text, set(codes) - set(held)
        assert {one for one in HOUSEHOLDS if one in text} == {one for one, code in HOUSEHOLDS.items() if code in shown}
        assert ("等待主管放行" in text) is bool(set(codes) & set(held)), user
        answer = client.get(f"/item/{home}?why=worklist", headers=headers)
        assert answer.status_code == (200 if HOUSEHOLDS[home] in shown else 404), user


def test_own_cards_open(client: TestClient, areas: dict[str, list[str]]) -> None:
    for user, codes in list(areas.items())[:20]:
        home = next(home for home, code in HOUSEHOLDS.items() if code in codes)
        assert token(home, HOUSEHOLDS[home]) in client.get(f"/item/{home}?why=worklist", headers={"x-user": user}).text
