"""TLS: a private CA is trusted when the connection names it, and nothing else is."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from lowincome.errors import ContractBroken
from lowincome.sources.connection import Connection
from lowincome.sources.http import Call, signed_client

from tests.sources.stub import SECRET, Slept, Stub, json_reply


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stub")]), datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256()))
    (folder / "ca.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "ca.pem", folder / "key.pem"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Stub]:
    context, stub = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), Stub()
    context.load_cert_chain(*certificate(tmp_path))
    stub._server.socket = context.wrap_socket(stub._server.socket, server_side=True)
    stub.answer = lambda request: json_reply({"code": 0})
    stub.start()
    yield stub
    stub.stop()


def to(stub: Stub, **extra: str) -> Connection:
    return Connection("province_check", "http", schema="https", host="127.0.0.1", port=stub.port, login="k",
                      password=SECRET, extra={"timeout": 2, **extra})


def test_a_private_ca_is_trusted_when_the_connection_names_it(secure: Stub, tmp_path: Path) -> None:
    with signed_client(to(secure, verify=str(tmp_path / "ca.pem")), Slept().patience()) as client:
        assert client.ask(Call("GET", "/a")) == {"code": 0}


def test_a_certificate_that_is_not_trusted_is_permanent_and_nothing_was_sent(secure: Stub) -> None:
    with (signed_client(to(secure), Slept().patience()) as client,
          pytest.raises(ContractBroken, match="certificate is not trusted")):
        client.ask(Call("GET", "/a"))
    assert secure.requests == []
