"""The audit tells a clean lock from a vulnerable one, and both from one that nobody could be asked about."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from scripts.audit_dependencies import CLEAN, NOT_AUDITED, VULNERABLE, audit, judge

FAULT = {"id": "PYSEC-0000-1", "modified": "2026-01-01T00:00:00Z", "affected": [{
    "package": {"name": "jinja2", "ecosystem": "PyPI"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.11.3"}]}]}]}
OLD, NEW = "jinja2==2.11.0\n", "jinja2==3.1.6\n"


class Database(BaseHTTPRequestHandler):
    """Knows one fault of one old version, as an OSV server tells it."""

    def do_POST(self) -> None:
        """The faults of the version that is asked about."""
        asked: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = json.dumps({"vulns": [FAULT]} if asked["version"] == "2.11.0" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Silent."""


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a database."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Database) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "requirements.txt"


def test_a_version_with_a_known_fault_is_vulnerable_and_the_one_that_mends_it_is_named(
    lock: Path, database: str
) -> None:
    lock.write_text(OLD)
    verdict = audit(lock, database, {})
    assert (verdict.word, verdict.lines) == (VULNERABLE, ["jinja2 2.11.0: PYSEC-0000-1, fixed in 2.11.3"])


def test_a_version_without_is_clean(lock: Path, database: str) -> None:
    lock.write_text(NEW)
    assert audit(lock, database, {}).word == CLEAN


def test_an_accepted_fault_is_passed_over(lock: Path, database: str) -> None:
    lock.write_text(OLD)
    assert audit(lock, database, {"PYSEC-0000-1": "the template is ours"}).word == CLEAN


def test_without_a_database_it_is_not_audited_and_not_clean(lock: Path) -> None:
    lock.write_text(NEW)
    verdict = audit(lock, "http://127.0.0.1:9/v1/query", {})
    assert verdict.word == NOT_AUDITED
    assert "127.0.0.1:9" in verdict.lines[0]


def test_a_database_that_knows_none_or_not_all_of_the_packages_has_not_audited_them() -> None:
    known, passed_over = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}
    assert judge([]).word == NOT_AUDITED
    assert judge([known]).word == CLEAN
    assert judge([known, passed_over]).word == NOT_AUDITED


def test_what_was_found_is_told_although_another_package_is_unknown() -> None:
    found = {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": []}]}
    verdict = judge([found, {"name": "b", "skip_reason": "not found"}])
    assert (verdict.word, verdict.lines) == (VULNERABLE, ["a 1: X-1, fixed in no version"])
