"""Digests travel through Airflow's SMTP connection and to a webhook, here to servers on loopback."""

import email
import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException
from airflow_bridge import connection_or_skip
from lowincome.deliver.digest import Digest
from lowincome.deliver.recipients import Recipient
from lowincome.errors import SourceUnavailable
from lowincome.sources.connection import Connection
from message_channels import ROBOT_MESSAGES, ROBOT_SECONDS, SMTP, WECOM, by_mail, by_wecom, paced

DIGEST = Digest("370102", "2026-11-22", "历下区 worklist", "**历下区**\n\n- 新增 new: 2")
OFFICE = Recipient("历下区救助科", "江北-7", ("a@example.org", "b@example.org"))


class Mailbox(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take a mail, or to refuse it."""

    mails: list[tuple[list[str], bytes]]
    refuses = False

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        """One client: commands until it quits."""
        self.say("220 loopback")
        receivers: list[str] = []
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            if command == "RCPT":
                receivers.append(line.partition("<")[2].partition(">")[0])
            if command == "DATA":
                self.say("354 go on")
                self.mails.append((receivers, self.content()))
            self.say({"QUIT": "221 bye", "RCPT": "550 no such box a@example.org" if self.refuses else "250 ok"}
                     .get(command, "250 ok"))
            if command == "QUIT":
                return

    def content(self) -> bytes:
        """The mail up to its lone full stop."""
        return b"".join(iter(self.rfile.readline, b".\r\n"))


class Robot(BaseHTTPRequestHandler):
    """A group's robot: keeps what it is sent and answers with a code."""

    got: list[tuple[str, dict[str, Any]]]
    status, answer = 200, b'{"errcode": 0, "errmsg": "ok"}'

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: Any) -> None:
        """The test prints nothing."""


@contextmanager
def served(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    """The port of a server on loopback."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def mailbox(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Iterator[list[tuple[list[str], bytes]]]:
    """The mails that an SMTP server got; the connection smtp_default leads to it."""
    handler = type("Own", (Mailbox,), {"mails": [], **changes})
    with served(handler) as port:
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "digest@example.org", "retry_limit": 0}
        login = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(login))
        yield handler.mails


@contextmanager
def robot(**changes: Any) -> Iterator[tuple[Connection, list[tuple[str, dict[str, Any]]]]]:
    """A connection to a robot, and what it got."""
    handler = type("Own", (Robot,), {"got": [], **changes})
    with served(handler) as port:
        yield Connection(WECOM, "http", "http", "127.0.0.1", port, password="robot-key"), handler.got


def test_a_mail_goes_to_every_address_of_its_district(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox(monkeypatch) as mails:
        assert by_mail(DIGEST, OFFICE)
    [(receivers, content)] = mails
    mail = email.message_from_bytes(content)
    assert receivers == list(OFFICE.email)
    assert str(make_header(decode_header(mail["Subject"]))) == DIGEST.subject
    payload = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "<li>新增 new: 2</li>" in payload.decode()
    assert "江北-7" not in payload.decode()


@pytest.mark.parametrize("recipient", [None, Recipient("历下区救助科")])
def test_a_district_without_an_address_gets_no_mail(
    monkeypatch: pytest.MonkeyPatch, recipient: Recipient | None
) -> None:
    with mailbox(monkeypatch) as mails:
        assert not by_mail(DIGEST, recipient)
    assert mails == []


def test_a_mail_that_is_refused_may_be_tried_again_and_the_error_shows_no_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mailbox(monkeypatch, refuses=True), pytest.raises(SourceUnavailable, match="SMTPRecipientsRefused") as error:
        by_mail(DIGEST, OFFICE)
    assert "example.org" not in str(error.value)


def test_a_mail_server_that_is_down_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox(monkeypatch):
        pass
    with pytest.raises(SourceUnavailable, match="ConnectionRefusedError"):
        by_mail(DIGEST, OFFICE)


def test_no_more_is_sent_than_a_robot_takes_in_a_minute() -> None:
    clock, waits, sent = [0.0], [], []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    def send(digest: Digest, recipient: Recipient | None) -> bool:
        sent.append(clock[0])
        clock[0] += 1
        return True

    careful = paced(send, lambda: clock[0], wait)
    assert all(careful(DIGEST, None) for _ in range(2 * ROBOT_MESSAGES + 1))
    assert waits == [ROBOT_SECONDS - ROBOT_MESSAGES] * 2
    assert all(later - before >= ROBOT_SECONDS for before, later in zip(sent, sent[ROBOT_MESSAGES:], strict=False))


def test_a_robot_gets_markdown_under_its_key() -> None:
    with robot() as (login, got):
        assert by_wecom(login)(DIGEST, None)
    assert got == [("/cgi-bin/webhook/send?key=robot-key",
                    {"msgtype": "markdown", "markdown": {"content": DIGEST.markdown}})]


@pytest.mark.parametrize(("changes", "told"), [
    ({"answer": b'{"errcode": 45009, "errmsg": "api freq out of limit"}'}, "45009"), ({"status": 502}, "502"),
    ({"answer": b"<html>"}, "JSONDecodeError"), ({"answer": b"[]"}, "TypeError")])
def test_whatever_a_robot_does_not_take_may_be_tried_again(changes: dict[str, Any], told: str) -> None:
    with robot(**changes) as (login, _), pytest.raises(SourceUnavailable, match=told):
        by_wecom(login)(DIGEST, None)


def test_a_robot_that_is_down_is_named_without_its_key() -> None:
    with robot() as (login, _):
        pass
    with pytest.raises(SourceUnavailable, match="ConnectionError") as error:
        by_wecom(login)(DIGEST, None)
    assert "robot-key" not in str(error.value)


@pytest.mark.parametrize("conn_id", [SMTP, WECOM])
def test_without_a_connection_the_task_is_skipped_and_says_which(conn_id: str) -> None:
    with pytest.raises(AirflowSkipException, match=f"no connection {conn_id}"):
        connection_or_skip(conn_id)
