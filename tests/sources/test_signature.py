"""Signatures: published vectors, and the exact text that is signed."""

import hashlib
import hmac

import pytest
from lowincome.errors import SettingsInvalid
from lowincome.sources.connection import Connection
from lowincome.sources.signature import Signer, canonical_query, digest_hex, hmac_hex


@pytest.mark.parametrize(("text", "expected"), [
    (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
])
def test_sm3_gives_the_digests_of_gb_t_32905(text: bytes, expected: str) -> None:
    assert digest_hex("HMAC-SM3", text) == expected


def test_hmac_sha256_gives_the_vector_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_hex("HMAC-SHA256", b"Jefe", b"what do ya want for nothing?") == expected


def test_hmac_sm3_is_rfc_2104_over_sm3() -> None:
    key, message = b"k" * 70, "济南".encode()
    block = bytes.fromhex(digest_hex("HMAC-SM3", key)).ljust(64, b"\0")
    inner = digest_hex("HMAC-SM3", bytes(b ^ 0x36 for b in block) + message)
    outer = digest_hex("HMAC-SM3", bytes(b ^ 0x5C for b in block) + bytes.fromhex(inner))
    assert hmac_hex("HMAC-SM3", key, message) == outer


@pytest.mark.parametrize(("pairs", "expected"), [
    ([], ""),
    ([("b", "1"), ("a", "2")], "a=2&b=1"),
    ([("a", "2"), ("a", "10"), ("A", "z")], "A=z&a=10&a=2"),
    ([("t", "2026-11-22T00:00:00+08:00")], "t=2026-11-22T00%3A00%3A00%2B08%3A00"),
    ([("q", "a b"), ("e", "")], "e=&q=a%20b"),
    ([("safe", "A-z0.9_~"), ("han", "济")], "han=%E6%B5%8E&safe=A-z0.9_~"),
])
def test_the_canonical_query_is_sorted_and_percent_encoded(pairs: list[tuple[str, str]], expected: str) -> None:
    assert canonical_query(pairs) == expected


def test_the_message_is_six_lines_and_the_signature_its_hmac() -> None:
    body, secret = b'{"a":1}', "密钥"
    lines = ["POST", "/pcs/x", "", "1795363200000", "0" * 32, hashlib.sha256(body).hexdigest()]
    expected = hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
    headers = Signer("key", secret).headers("POST", "/pcs/x", "", body, timestamp=lines[3], nonce=lines[4])
    assert headers == {
        "X-App-Key": "key", "X-Timestamp": lines[3], "X-Nonce": lines[4], "X-Signature": expected}


def test_the_hash_of_no_body_is_that_of_the_empty_string() -> None:
    message = Signer("key", "s", "HMAC-SM3").message("GET", "/", "", b"", "1", "n")
    assert message.endswith(b"\n1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b")


def test_an_algorithm_that_is_not_agreed_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsInvalid, match="signature"):
        Signer.of(Connection("city_check", "http", extra={"signature": "MD5"}))


def test_a_signer_does_not_show_its_secret() -> None:
    assert "hush" not in repr(Signer("key", "hush"))
