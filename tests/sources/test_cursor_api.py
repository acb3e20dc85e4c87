"""Cursor pages under tokens that run out: every row of the window once."""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lowincome.errors import ContractBroken
from lowincome.sources import cursor_api

from tests.sources.stub import SECRET, TRANSIENT, Page, Reply, Request, Stub, json_reply, land, manifest, rows_of

PAGE = Page("medical_insurance", "cursor_api", {
    "token_path": "/yb/v1/token", "page_size": 1000, "initial_from": "1970-01-01", "streams": [
        {"part": "insured", "path": "/yb/v1/insured"}, {"part": "settlements", "path": "/yb/v1/settlements"}]})
EXPIRED = json_reply({"code": "TOKEN_EXPIRED", "message": "expired"}, 401)


@dataclass
class Bureau:
    """Plays the bureau: 250 rows a stream, 100 a page whatever limit is asked for."""

    tokens: int = 0
    expires_in: int = 60
    requests_a_token: int = 1000
    used: int = 0
    faults: list[tuple[str, str | None, Reply]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if request.path == "/yb/v1/token":
            assert request.json == {"appKey": "key", "appSecret": SECRET}
            self.tokens, self.used = self.tokens + 1, 0
            return json_reply({"accessToken": f"token-{self.tokens}", "expiresIn": self.expires_in})
        self.used += 1
        if request.headers["Authorization"] != f"Bearer token-{self.tokens}" or self.used > self.requests_a_token:
            return EXPIRED
        kind, cursor = request.path.rsplit("/")[-1], request.query.get("cursor")
        if self.faults and self.faults[0][:2] == (kind, cursor):
            return self.faults.pop(0)[2]
        begin = int(cursor.removeprefix("c+/=")) if cursor else 0
        rows = [f"{kind}:{n}" for n in range(begin, min(begin + 100, 250))]
        return items(rows, f"c+/={begin + 100}" if begin + 100 < 250 else None)


def items(rows: list[str], cursor: Any) -> Reply:
    return json_reply({"items": rows, "nextCursor": cursor})


@pytest.fixture
def bureau(stub: Stub) -> Bureau:
    stub.answer = Bureau()
    return stub.answer


def check_whole(folder: Path) -> None:
    for part in ("insured", "settlements"):
        assert rows_of(folder, part, "items") == [f"{part}:{n}" for n in range(250)]


def test_every_page_of_both_streams_is_landed_as_received(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)
    assert manifest(tmp_path)["totals"] == {"insured": 250, "settlements": 250}
    assert bureau.tokens == 1


def test_the_window_is_half_open_from_midnight_to_midnight_and_plus_is_encoded(
    stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    land(PAGE, stub.connection("medical_insurance"), tmp_path / "a")
    land(PAGE, stub.connection("medical_insurance"), tmp_path / "b", since=date(2026, 11, 21))
    window = "updatedFrom={}T00%3A00%3A00%2B08%3A00&updatedTo=2026-11-23T00%3A00%3A00%2B08%3A00"
    assert stub.requests[1].target.endswith(f"/insured?limit=1000&{window.format('1970-01-01')}")
    assert stub.requests[8].target.endswith(f"/insured?limit=1000&{window.format('2026-11-21')}")
    assert stub.requests[2].query["cursor"] == "c+/=100"


def test_a_token_that_expires_in_mid_pull_is_renewed_and_the_cursor_goes_on(
    stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    bureau.requests_a_token = 2
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)
    assert bureau.tokens == 3


def test_a_token_is_renewed_before_it_ends_by_our_own_clock(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.expires_in = 0
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)
    assert bureau.tokens == 6


def test_tokens_that_are_never_fresh_end_the_pull(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.requests_a_token = 0
    with pytest.raises(ContractBroken, match="refused as expired"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)


@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_transient_fault_is_survived(fault: str, stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    stub.first = [TRANSIENT[fault]]
    bureau.faults = [("insured", None, TRANSIENT[fault]), ("settlements", "c+/=200", TRANSIENT[fault])]
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)


@pytest.mark.parametrize(("status", "code"), [(400, "BAD_CURSOR"), (401, "TOKEN_INVALID"), (403, "X"), (404, "Y")])
def test_other_faults_are_permanent(status: int, code: str, stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.faults = [("insured", None, json_reply({"code": code, "message": "bad token-1"}, status))]
    with pytest.raises(ContractBroken, match=f"medical_insurance GET /yb/v1/insured.*{code}: bad \\*\\*\\*"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)


def test_a_wrong_secret_is_told_with_the_servers_words_and_not_shown(
    stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    stub.first = [json_reply({"code": "BAD_CREDENTIALS", "message": f"no such {SECRET}"}, 401)]
    with pytest.raises(ContractBroken, match=r"POST /yb/v1/token.*BAD_CREDENTIALS: no such \*\*\*"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)


@pytest.mark.parametrize("answer", [
    items(["x"], 7), json_reply({"items": ["x"]}), json_reply({"items": {"x": 1}, "nextCursor": None})])
def test_a_page_that_is_not_as_agreed_refuses_the_landing(
    answer: Reply, stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    bureau.faults = [("insured", "c+/=100", answer)]
    with pytest.raises(ContractBroken, match="not as agreed"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)
    assert not (tmp_path / "0001").exists()


def test_a_cursor_that_goes_in_a_circle_refuses_the_landing(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.faults = [("insured", "c+/=200", items(["x"], "c+/=100"))]
    with pytest.raises(ContractBroken, match="circle"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)


def empty_pages(number: int, end: str | None) -> list[tuple[str, str | None, Reply]]:
    """So many pages without a row, each with a cursor of its own to the next; the last one's is `end`."""
    cursors = [None, *(f"e{page}" for page in range(1, number)), end]
    return [("insured", asked, items([], given)) for asked, given in pairwise(cursors)]


@pytest.mark.parametrize(("number", "end", "is_landed"), [(4, "c+/=0", True), (5, "c+/=0", False), (5, None, True)])
def test_so_many_empty_pages_may_follow_each_other_and_no_more(
    number: int, end: str | None, is_landed: bool, stub: Stub, bureau: Bureau, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cursor_api.EMPTY_PAGES == 1000
    monkeypatch.setattr(cursor_api, "EMPTY_PAGES", 4)
    bureau.faults = empty_pages(number, end)
    if is_landed:
        land(PAGE, stub.connection("medical_insurance"), tmp_path)
        assert len(rows_of(tmp_path, "insured", "items")) == (250 if end else 0)
        return
    with pytest.raises(ContractBroken, match="GET /yb/v1/insured: the cursor does not end; found 5 pages without"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)
    assert not (tmp_path / "0001").exists()


def test_empty_pages_are_counted_anew_after_each_row(
    stub: Stub, bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor_api, "EMPTY_PAGES", 2)
    bureau.faults = [*empty_pages(2, "c+/=0"), ("insured", "c+/=100", items([], "x")),
                     ("insured", "x", items([], "c+/=200"))]
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    assert len(rows_of(tmp_path, "insured", "items")) == 150


def test_an_empty_page_with_a_cursor_is_not_the_end(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.faults = [("insured", None, items([], "c+/=0"))]
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)


def test_a_null_page_with_a_cursor_is_an_empty_page(stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.faults = [("insured", None, json_reply({"items": None, "nextCursor": "c+/=0", "more": {}}))]
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)


def test_a_token_that_expires_while_a_fault_is_waited_for_is_renewed(
    stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    bureau.faults = [("insured", "c+/=100", TRANSIENT["429 in seconds"]), ("insured", "c+/=100", EXPIRED),
                     ("insured", "c+/=100", TRANSIENT["502"]), ("settlements", None, EXPIRED)]
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)
    assert bureau.tokens == 3


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_fault_while_the_token_is_renewed_is_survived(
    fault: str, stub: Stub, bureau: Bureau, tmp_path: Path
) -> None:
    bureau.faults = [("insured", "c+/=200", EXPIRED)]
    play = bureau.__call__

    def answer(request: Request) -> Reply:
        is_renewal = request.path.endswith("/token") and bureau.tokens == 1 and not broken
        if is_renewal:
            broken.append(fault)
            return TRANSIENT[fault]
        return play(request)

    broken: list[str] = []
    stub.answer = answer
    land(PAGE, stub.connection("medical_insurance"), tmp_path)
    check_whole(tmp_path)
    assert broken == [fault]


@pytest.mark.parametrize(("lasts", "is_good"), [("60", True), (60.5, True), ("soon", False), (None, False)])
def test_a_token_says_how_long_it_lasts(lasts: Any, is_good: bool, stub: Stub, bureau: Bureau, tmp_path: Path) -> None:
    bureau.expires_in = lasts
    if is_good:
        land(PAGE, stub.connection("medical_insurance"), tmp_path)
        return
    with pytest.raises(ContractBroken, match="token is not as agreed"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)


@pytest.mark.parametrize(("token", "is_good"), [("t\u00e9", True), ("令牌", False)])
def test_a_token_is_what_a_header_carries(token: str, is_good: bool, stub: Stub, tmp_path: Path) -> None:
    granted, empty = json_reply({"accessToken": token, "expiresIn": 60}), items([], None)
    stub.answer = lambda request: granted if request.path == "/yb/v1/token" else empty
    if is_good:
        assert land(PAGE, stub.connection("medical_insurance"), tmp_path).rows == 0
        return
    with pytest.raises(ContractBroken, match="token is not as agreed"):
        land(PAGE, stub.connection("medical_insurance"), tmp_path)
