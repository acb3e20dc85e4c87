"""The bureau's contract: tokens that end, half-open windows, cursors."""

from sandbox.world import World
from tests.sandbox.client import Client

START, END = "2020-01-01T00:00:00+08:00", "2026-11-21T00:00:00+08:00"


def test_every_row_comes_once_over_all_pages(client: Client) -> None:
    rows = client.medical_rows("insured", START, END)
    assert len({row["psnNo"] for row in rows}) == len(rows) > 300


def test_windows_that_touch_neither_lose_nor_double_a_row(client: Client) -> None:
    middle = "2026-11-01T00:00:00+08:00"
    first, second = client.medical_rows("settlements", START, middle), client.medical_rows("settlements", middle, END)
    assert all(row["updatedAt"] < middle for row in first)
    assert all(row["updatedAt"] >= middle for row in second)
    whole = client.medical_rows("settlements", START, END)
    assert sorted(r["settlementId"] for r in first + second) == sorted(r["settlementId"] for r in whole)


def test_another_offset_is_the_same_instant(client: Client) -> None:
    assert client.medical_rows("insured", "2019-12-31T16:00:00Z", END) == client.medical_rows("insured", START, END)


def test_a_token_that_ended_is_told_and_a_cursor_outlives_it(world: World) -> None:
    world.page_cap = 50
    client = Client(world)
    page = client.medical("insured", client.token(), START, END).json()
    world.faults.add([{"source": "medical_insurance", "fault": "token_expired", "path": "insured"}])
    token = client.token()
    refused = client.medical("insured", token, START, END, cursor=page["nextCursor"])
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_EXPIRED")
    following = client.medical("insured", client.token(), START, END, cursor=page["nextCursor"]).json()
    assert following["items"][0] != page["items"][0]


def test_tokens_end_by_themselves(world: World) -> None:
    world.token_seconds = 0
    client = Client(world)
    assert client.medical("insured", client.token(), START, END).json()["code"] == "TOKEN_EXPIRED"


def test_a_plus_that_was_not_encoded_is_a_bad_time(client: Client) -> None:
    bare = client.http.get(f"/yb/v1/insured?updatedFrom={START}&updatedTo={END}&limit=10",
                           headers={"Authorization": f"Bearer {client.token()}"})
    assert (bare.status_code, bare.json()["code"]) == (400, "BAD_PARAMETER")


def test_parts_add_up_but_for_the_planted_row(client: Client) -> None:
    wrong = [row for row in client.medical_rows("settlements", START, END)
             if abs(row["totalFee"] - row["fundPay"] - row["aidPay"] - row["selfPay"]) > 0.01]
    assert len(wrong) == 1
