"""The HTTP client: patient with what passes, plain about what does not, silent about secrets."""

import gzip
import tracemalloc
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from lowincome.errors import ContractBroken, SourceUnavailable
from lowincome.sources import http
from lowincome.sources.http import Call, HttpClient, Refused, signed_client
from lowincome.sources.redact import safe_text
from lowincome.sources.retry import Patience
from lowincome.sources.signature import Signer

from tests.sources.stub import BAD_GATEWAY, SECRET, TRANSIENT, Reply, Slept, Stub, json_reply

CALL = Call("GET", "/a/b", (("idNo", "370102196001022324"),))
OK = json_reply({"code": 0})


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def client(stub: Stub, slept: Slept) -> Iterator[HttpClient]:
    stub.answer = lambda request: OK
    with signed_client(stub.connection(), slept.patience()) as opened:
        yield opened


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_transient_fault_is_survived(fault: str, stub: Stub, client: HttpClient) -> None:
    stub.first = [TRANSIENT[fault]] * 2
    assert client.ask(CALL) == {"code": 0}
    assert len(stub.requests) == 3


@pytest.mark.parametrize("half", [b"\\ud800", b"\xff"])
def test_half_a_character_is_no_fault_of_the_whole_answer(half: bytes, stub: Stub, client: HttpClient) -> None:
    body = b'{"code":0,"rows":["a","%s"]}' % half
    stub.answer = lambda request: Reply(body)
    assert client.ask_raw(CALL) == (body, {"code": 0, "rows": ["a", "?"]})
    assert len(stub.requests) == 1


def packed(body: bytes) -> Reply:
    """The body as gzip, which the client unpacks."""
    return Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"})


def unpacked_in_pieces(body: bytes) -> Reply:
    """The body in chunks of HTTP, without a length before it."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:700], body[700:]))
    return Reply(chunks + b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})


@pytest.mark.parametrize("sent", [Reply, packed, unpacked_in_pieces], ids=lambda sent: sent.__name__)
@pytest.mark.parametrize(("size", "is_read"), [(1000, True), (1001, False)])
def test_an_answer_is_read_up_to_its_bound_unpacked_and_refused_beyond_it(
    sent: type[Reply], size: int, is_read: bool, stub: Stub, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert http.LARGEST_ANSWER == 256 * 1024**2
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1000)
    body = b'{"code":0}'.ljust(size)
    stub.answer = lambda request: sent(body)
    if is_read:
        assert client.ask_raw(CALL) == (body, {"code": 0})
        return
    with pytest.raises(ContractBroken, match="province_check GET /a/b: the answer is too large; expected at most 1000"):
        client.ask(CALL)
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [200, 502])
def test_a_small_gzip_that_grows_for_ever_is_refused_before_it_fills_memory(
    status: int, stub: Stub, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1_000_000)
    twice = gzip.compress(gzip.compress(bytes(100_000_000), 1))
    stub.answer = lambda request: Reply(twice, status, {"Content-Encoding": "gzip, gzip"})
    tracemalloc.start()
    with pytest.raises(ContractBroken, match="too large"):
        client.ask(CALL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def impatient(stub: Stub, seconds: float) -> HttpClient:
    """A client for which so many seconds pass each time it looks at the clock."""
    return signed_client(stub.connection(), Patience(lambda wait: None, count(0.0, seconds).__next__, tries=2))


@pytest.mark.parametrize(("seconds", "is_read"), [(900, True), (901, False)])
def test_a_body_may_take_a_quarter_of_an_hour_a_try_and_no_longer(seconds: float, is_read: bool, stub: Stub) -> None:
    stub.answer = lambda request: OK
    with impatient(stub, seconds) as client:
        if is_read:
            assert client.ask(CALL) == {"code": 0}
            return
        with pytest.raises(SourceUnavailable, match="gave up after 2 tries: the body takes longer than 900 s"):
            client.ask(CALL)
    assert len(stub.requests) == 2


def test_a_slow_drip_is_looked_at_with_every_byte_that_comes(stub: Stub) -> None:
    """One byte comes, and the rest never: who waits for more than that byte sees no clock."""
    stub.answer = lambda request: TRANSIENT["a body that hangs"]
    with impatient(stub, 901) as client, pytest.raises(SourceUnavailable, match="the body takes longer"):
        client.ask(CALL)


def test_every_try_is_signed_anew(stub: Stub, client: HttpClient) -> None:
    stub.first = [BAD_GATEWAY] * 3
    client.ask(CALL)
    nonces = {request.headers["X-Nonce"] for request in stub.requests}
    assert len(nonces) == 4
    assert all(len(nonce) == 32 for nonce in nonces)


def test_waits_grow_and_end_after_seven_tries(stub: Stub, client: HttpClient, slept: Slept) -> None:
    stub.answer = lambda request: BAD_GATEWAY
    with pytest.raises(SourceUnavailable, match=r"7 tries.*502"):
        client.ask(CALL)
    assert len(stub.requests) == 7
    assert slept.seconds == [0.25, 0.5, 1, 2, 4, 8]


@pytest.mark.parametrize("until", [
    "Sun, 22 Nov 2026 16:00:07 GMT", "Sunday, 22-Nov-26 16:00:07 GMT", "Sun Nov 22 16:00:07 2026", "7", "7.0"])
def test_retry_after_is_read_in_every_form_of_http(
    until: str, stub: Stub, client: HttpClient, slept: Slept
) -> None:
    stub.first = [Reply(b"", 503, {"Retry-After": until, "Date": "Sun, 22 Nov 2026 16:00:00 GMT"})]
    client.ask(CALL)
    assert slept.seconds == [7]


def test_a_date_is_taken_against_our_clock_when_the_server_does_not_tell_its_own(
    stub: Stub, client: HttpClient, slept: Slept
) -> None:
    stub.first = [Reply(b"", 503, {"Retry-After": "Sun, 22 Nov 2026 16:00:09 GMT"})]
    client.ask(CALL)
    assert slept.seconds == [9]


@pytest.mark.parametrize("text", [
    "0", "0.0", "-5", "Sun, 22 Nov 2026 15:59:00 GMT", "Sun, 22 Nov 2026 16:00:00 GMT", "soon", ""])
def test_asked_for_no_wait_or_for_an_unreadable_one_we_wait_as_long_as_we_choose(
    text: str, stub: Stub, client: HttpClient, slept: Slept
) -> None:
    stub.first = [Reply(b"", 503, {"Retry-After": text, "Date": "Sun, 22 Nov 2026 16:00:00 GMT"})] * 3
    assert client.ask(CALL) == {"code": 0}
    assert slept.seconds == [0.25, 0.5, 1]


@pytest.mark.parametrize("text", ["1", "0.1", "Sun, 22 Nov 2026 16:00:01 GMT"])
def test_a_wait_that_is_asked_for_is_kept_however_short(
    text: str, stub: Stub, client: HttpClient, slept: Slept
) -> None:
    stub.first = [Reply(b"", 503, {"Retry-After": text, "Date": "Sun, 22 Nov 2026 16:00:00 GMT"})] * 3
    client.ask(CALL)
    assert slept.seconds == [0.1 if text == "0.1" else 1] * 3


@pytest.mark.parametrize("fault", ["429 in seconds", "429 as a date"])
def test_retry_after_is_honoured(fault: str, stub: Stub, client: HttpClient, slept: Slept) -> None:
    stub.first = [TRANSIENT[fault]]
    client.ask(CALL)
    assert slept.seconds == [7]


def test_a_long_retry_after_is_left_to_the_task(stub: Stub, client: HttpClient, slept: Slept) -> None:
    body = {"code": 50301, "message": "维护至 06:00"}
    stub.answer = lambda request: json_reply(body, 503, Retry_After="7200")
    with pytest.raises(SourceUnavailable, match="50301: 维护至 06:00"):
        client.ask(CALL)
    assert slept.seconds == []


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 418])
def test_a_permanent_fault_is_told_once_with_the_servers_own_words(status: int, stub: Stub, client: HttpClient) -> None:
    stub.answer = lambda request: json_reply({"code": 40301, "message": "area not yours"}, status)
    with pytest.raises(Refused) as caught:
        client.ask(CALL)
    assert len(stub.requests) == 1
    for words in ("province_check", "GET /a/b", "40301", "area not yours"):
        assert words in str(caught.value)


def test_no_error_shows_the_secret_an_id_or_the_query(stub: Stub, client: HttpClient) -> None:
    text = f"bad secret {SECRET} for 370102196001022324, phone 13800000000, 11010519491231002X"
    for status in (401, 429):
        stub.first = [json_reply({"code": 1, "message": text}, status)] * 7
        with pytest.raises((ContractBroken, SourceUnavailable)) as caught:
            client.ask(CALL)
        shown = str(caught.value)
        assert "bad secret ***" in shown
        for hidden in (SECRET, "370102196001022324", "13800000000", "11010519491231002", "idNo"):
            assert hidden not in shown


def test_a_refused_connection_is_transient_and_does_not_show_the_query(slept: Slept) -> None:
    stub = Stub()
    stub._server.server_close()
    with signed_client(stub.connection(), slept.patience()) as client, pytest.raises(SourceUnavailable) as caught:
        client.ask(CALL)
    assert "3701" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_base_path_precedes_the_path_and_is_signed(stub: Stub, slept: Slept) -> None:
    stub.answer = lambda request: OK
    with signed_client(stub.connection(base_path="/gateway/v1/"), slept.patience()) as client:
        client.ask(Call("GET", "/a"))
    assert stub.requests[0].target == "/gateway/v1/a"


@pytest.mark.parametrize(("base_path", "sent"), [
    ("核对 a/v1", "/%E6%A0%B8%E5%AF%B9%20a/v1"), ("/gw%e7%bd%91", "/gw%E7%BD%91"), ("a%7Eb", "/a~b"),
    ("100%", "/100%25"), ("x/../y/./z", "/y/z"), ("a%2fb:c@d", "/a%2Fb:c@d"), ("", ""), ("/", "")])
def test_a_base_path_is_sent_and_signed_percent_encoded(
    stub: Stub, slept: Slept, base_path: str, sent: str
) -> None:
    stub.answer = lambda request: OK
    with signed_client(stub.connection(base_path=base_path), slept.patience()) as client:
        client.ask(Call("GET", "/a"))
    request = stub.requests[0]
    signer = Signer("key", SECRET)
    assert request.target == f"{sent}/a"
    assert request.headers["X-Signature"] == signer.headers(
        "GET", request.target, "", b"", timestamp=request.headers["X-Timestamp"], nonce=request.headers["X-Nonce"],
    )["X-Signature"]


def test_a_redirect_is_not_followed(stub: Stub, client: HttpClient) -> None:
    stub.first = [Reply(status=302, headers={"Location": "http://127.0.0.1:1/steal"})]
    with pytest.raises(Refused):
        client.ask(CALL)


def test_a_netrc_does_not_touch_our_headers(
    stub: Stub, slept: Slept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    stub.answer = lambda request: OK
    with HttpClient(stub.connection(), lambda *call: {"Authorization": "Bearer t"}, slept.patience()) as client:
        client.ask(CALL)
    assert stub.requests[0].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize(("text", "shown"), [
    ("E20261122-01 of SD2026112200001", "E20261122-01 of SD2026112200001"),
    ("ends 2026-11-23T04:00:00+08:00", "ends 2026-11-23T04:00:00+08:00"),
    ("ID 370102600102232", "ID ***"),
    ("３７０１０２１９６００１０２２３２４", "***"),
    ("a\n b", "a b"),
    ("+8613812345678", "***"),
    ("tel 86-138-1234-5678, 0086 13812345678", "tel ***, ***"),
    ("８６１３８１２３４５６７８", "***"),
    ("ID 370102 19600102 2324", "ID ***"),
    ("370102-1960-01-02-232x,", "***,"),
    ("370102 600102 232", "***"),
    ("３７０１０２　１９６００１０２　２３２Ｘ", "***"),
    ("370102 2026-11-22 04:12, 86 of 138 1234 rows", "370102 2026-11-22 04:12, 86 of 138 1234 rows"),
    ("202611 20261122 1030", "202611 20261122 1030"),
    ("970102 19600102 2324", "970102 19600102 2324"),
    ("370102 19601302 232", "370102 19601302 232"),
    ("2026-11-20 2026-11-22 13812 rows", "2026-11-20 2026-11-22 13812 rows"),
    ("request 20261122-103045-0001", "request 20261122-103045-0001"),
    ("at 1763776800000, 12812345678 bytes", "at 1763776800000, 12812345678 bytes"),
    ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
])
def test_safe_text_hides_people_and_keeps_numbers_of_things(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.parametrize("said", [
    "pass  w/rd\t字", "pass w/rd 字", "pass%20%20w%2Frd%09%E5%AD%97", "pass%20%20w/rd%09%E5%AD%97",
    "pass++w%2Frd%09%E5%AD%97", "pass \n w/rd  字"])
def test_a_secret_with_white_space_is_hidden_however_it_is_repeated(said: str) -> None:
    assert safe_text(f"key {said} has  no right", ["pass  w/rd\t字"]) == "key *** has no right"


@pytest.mark.parametrize("secret", ["", "\t"])
def test_an_empty_secret_hides_nothing(secret: str) -> None:
    assert safe_text("no right", [secret]) == "no right"
