"""No path that somebody types leads out of what a page serves."""

import pytest
from fastapi.testclient import TestClient

from tests.web.world import World

UP = ("../", "..%2f", "..%252f", "%2e%2e/", "....//", "..\\", "..%5c", "/", "%2f", "file:///")


@pytest.mark.parametrize("up", UP)
@pytest.mark.parametrize("place", [
    "static/", "evidence/2026-11-22/", "evidence/", "workbook/", "item/", "worklist/returned/", "validation/source/"])
def test_no_path_leads_out_of_what_a_page_serves(client: TestClient, world: World, place: str, up: str) -> None:
    for target in ("staff.yaml", "home/register.db", "etc/passwd"):
        for steps in (1, 3, 8):
            answer = client.get(f"/{place}{up * steps}{target}", headers={"x-user": "zhao"})
            assert answer.status_code in (307, 404, 405, 422), answer.url
            assert "root:" not in answer.text and "roles" not in answer.text
