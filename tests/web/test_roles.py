"""Roles: from Airflow where it keeps them, from the staff page where it does not; what each may and may not do."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from fastapi import Request
from fastapi.testclient import TestClient
from lowincome.errors import SettingsInvalid
from lowincome.web.staff import ROLES, find_member
from lowincome.web.visitor import user_roles

from tests.web.test_pages import FOUND, OTHER, OWN
from tests.web.world import World, token

REASON = "核对2026年第三季度复查情况"
AUDITOR = {"x-user": "sun", "x-roles": "auditor"}
LOOKS = ("/worklist", f"/item/{OWN}", f"/item/{OWN}/print", "/worklist/export.xlsx", "/workbook/370102")


def of_header(request: Request) -> frozenset[str]:
    return frozenset(request.headers["x-roles"].split())


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """Asks with `x-user` and `x-roles`: Airflow keeps the roles, the page says districts."""
    world.office.staff.write_text(yaml.safe_dump(
        {name: {"districts": ["370102", "370103"]} for name in ("li", "sun", "qian")}), "utf-8")
    client = world.client()
    client.app.dependency_overrides[user_roles] = of_header  # type: ignore[attr-defined]
    yield client


def say(client: TestClient, reason: str, **headers: str) -> Any:
    return client.post("/reason", data={"reason": reason}, headers=AUDITOR | headers)


def test_roles_are_airflows_and_districts_the_pages(client: TestClient) -> None:
    assert OWN in client.get("/worklist", headers={"x-user": "li", "x-roles": "caseworker"}).text
    assert client.get("/worklist", headers={"x-user": "li", "x-roles": "engineer"}).status_code == 403
    assert client.get("/health", headers={"x-user": "unnamed", "x-roles": "engineer Viewer"}).status_code == 200


@pytest.mark.parametrize("roles", ["", "Admin", "Op", "Viewer", "Public"])
def test_a_role_that_is_none_of_ours_opens_nothing(client: TestClient, roles: str) -> None:
    for page in ("/", "/worklist", "/validation", "/health", "/access"):
        assert client.get(page, headers={"x-user": "li", "x-roles": roles}).status_code == 403


def test_where_airflow_keeps_the_roles_the_page_is_asked_for_districts_alone(client: TestClient) -> None:
    told = client.get("/worklist?lang=en", headers={"x-user": "zhou", "x-roles": "Viewer"}).text
    assert "a role in Airflow, under Security" in told and "roles: [" not in told
    assert unescape(told.partition("<pre>")[2].partition("</pre>")[0]) == '"zhou": {districts: ["370102"]}'


@pytest.mark.parametrize("roles", ["administrator", "administrator caseworker auditor engineer"])
def test_an_administrator_opens_no_page_whatever_else_they_are(client: TestClient, roles: str) -> None:
    for page in ("/", *LOOKS, "/validation", "/health", "/access", "/statistics", "/linkage"):
        assert client.get(page, headers={"x-user": "li", "x-roles": roles}).status_code == 403, page


def test_two_answers_to_who_has_which_role_are_none(tmp_path: Path) -> None:
    page = tmp_path / "staff.yaml"
    page.write_text("li: {roles: [caseworker], districts: all}", "utf-8")
    assert find_member(page, "li") is not None
    with pytest.raises(SettingsInvalid, match=r"li has `roles`, which Airflow's auth manager keeps"):
        find_member(page, "li", frozenset({"caseworker"}))
    page.write_text("li: {districts: all}", "utf-8")
    assert find_member(page, "li", frozenset({"caseworker"})) is not None
    with pytest.raises(SettingsInvalid, match="li needs `roles`"):
        find_member(page, "li")


def test_without_a_page_roles_open_what_needs_no_district(tmp_path: Path) -> None:
    engineer = find_member(tmp_path / "none.yaml", "wu", frozenset({"engineer"}))
    assert engineer is not None and engineer.districts == () and engineer.pages == ROLES["engineer"]
    assert find_member(tmp_path / "none.yaml", "wu") is None


def test_an_auditor_is_shown_no_case_before_a_reason_and_each_look_after_it_is_logged_with_it(
    client: TestClient, world: World
) -> None:
    for page in LOOKS:
        answer = client.get(page, headers=AUDITOR)
        assert answer.status_code == 403 and OWN not in answer.text.partition("<main")[2]
        assert "<h1>查看理由</h1>" in answer.text
    assert world.accesses == []
    assert say(client, REASON).status_code == 303
    assert OWN in client.get("/worklist", headers=AUDITOR).text
    assert token(OWN, "370102") in client.get(f"/item/{OWN}?why=worklist", headers=AUDITOR).text
    assert client.get(f"/item/{OTHER}", headers=AUDITOR).status_code == 404
    assert [entry.action for entry in world.accesses] == ["reason", "list", "card"]
    assert all(entry.reason == "supervision" and REASON in entry.detail for entry in world.accesses)


def test_a_caseworker_is_not_asked_and_has_no_reason_to_give(client: TestClient) -> None:
    li = {"x-roles": "caseworker", "x-user": "li"}
    assert client.get("/worklist", headers=li).status_code == 200
    assert say(client, REASON, **li).status_code == 403


def test_an_auditor_reads_and_changes_nothing(client: TestClient, world: World) -> None:
    say(client, REASON)
    card = client.get(f"/item/{OWN}", headers=AUDITOR).text
    assert 'method="post"' not in card and "/worklist/upload" not in client.get("/worklist", headers=AUDITOR).text
    assert client.post(f"/item/{OWN}/finding", data=FOUND, headers=AUDITOR).status_code == 403
    assert client.post("/worklist/upload", files={"file": b"x"}, headers=AUDITOR).status_code == 403
    assert world.found == []


@pytest.mark.parametrize("reason", ["", " " * 20, "复查", "x" * 7, "x" * 201])
def test_what_says_nothing_is_no_reason(client: TestClient, reason: str) -> None:
    assert say(client, reason).status_code == 422
    client.cookies.set("lowincome_reason", quote(reason) or "%20")
    assert client.get("/worklist", headers=AUDITOR).status_code == 403


def test_an_id_in_a_reason_is_masked_before_it_is_kept(client: TestClient, world: World) -> None:
    answer = say(client, "复查 370102196001022324 13800001234")
    client.get("/worklist", headers=AUDITOR)
    assert "370102196001022324" not in answer.headers["set-cookie"] + "".join(entry.detail for entry in world.accesses)
    assert "3701**********2324" in world.accesses[-1].detail


def test_a_reason_is_not_taken_from_another_site_nor_read_by_a_script(client: TestClient) -> None:
    assert say(client, REASON, **{"sec-fetch-site": "cross-site"}).status_code == 403
    cookie = say(client, REASON).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Max-Age=3600" in cookie
