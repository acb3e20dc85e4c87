"""The city's contract: pinned snapshots, capped pages, everything inside a 200."""

from collections import Counter

from sandbox.world import World
from tests.sandbox.client import Client, signed


def test_pages_of_one_snapshot_give_every_row_once(client: Client) -> None:
    rows = client.city_rows("persons", dataDate="20261120")
    assert len(rows) > 100
    assert max(Counter(row["rybh"] for row in rows).values()) == 1


def test_the_server_caps_the_page_and_says_so(world: World) -> None:
    world.page_cap = 7
    data = Client(world).city("persons", dataDate="20261120", pageNo=1, pageSize=500).json()["data"]
    assert (data["pageSize"], len(data["rows"])) == (7, 7)
    assert data["total"] > 7


def test_a_lost_snapshot_is_410_inside_a_200(client: Client) -> None:
    answer = client.city("persons", dataDate="20261120", snapshotId="S999")
    assert (answer.status_code, answer.json()["success"], answer.json()["code"]) == (200, False, "410")


def test_a_snapshot_pins_its_parameters(client: Client) -> None:
    name = client.city("persons", dataDate="20261120").json()["data"]["snapshotId"]
    assert client.city("items", dataDate="20261120", snapshotId=name).json()["success"]
    assert client.city("items", dataDate="20261121", snapshotId=name).json()["code"] == "410"


def test_since_gives_all_rows_of_every_person_that_changed(client: Client) -> None:
    whole = client.city_rows("items", dataDate="20261122")
    changed = client.city_rows("items", dataDate="20261122", since="20261121")
    numbers = {row["rybh"] for row in changed}
    assert 0 < len(numbers) < len({row["rybh"] for row in whole}) / 4
    assert changed == [row for row in whole if row["rybh"] in numbers]


def test_full_and_changes_since_give_the_same_state(client: Client) -> None:
    state = {row["rybh"]: row for row in client.city_rows("persons", dataDate="20261120")}
    state |= {row["rybh"]: row for row in client.city_rows("persons", dataDate="20261122", since="20261121")}
    assert state == {row["rybh"]: row for row in client.city_rows("persons", dataDate="20261122")}


def test_a_tombstone_comes_on_the_second_day(client: Client) -> None:
    assert not [r for r in client.city_rows("persons", dataDate="20261120") if r["zt"] == 0]
    assert len([r for r in client.city_rows("persons", dataDate="20261121") if r["zt"] == 0]) == 2


def test_amounts_are_whole_fen_and_null_when_nothing_was_found(client: Client) -> None:
    for row in client.city_rows("items", dataDate="20261120"):
        assert (type(row["je"]) is int) if row["hdzt"] == 1 else row["je"] is None


def test_a_bad_signature_is_401_inside_a_200(client: Client) -> None:
    headers = signed(client.world, "city_check", "GET", "/hd/openapi/persons", "dataDate=20261120", signature="0")
    answer = client.http.get("/hd/openapi/persons?dataDate=20261120", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (200, "401")


def test_the_query_is_canonical_whatever_order_it_was_sent_in(client: Client) -> None:
    headers = signed(client.world, "city_check", "GET", "/hd/openapi/persons", "dataDate=20261120&pageNo=1&since=")
    answer = client.http.get("/hd/openapi/persons?since=&pageNo=1&dataDate=20261120", headers=headers)
    assert answer.json()["success"]
