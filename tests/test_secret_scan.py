"""A secret that somebody commits is found by place and kind, and its content is not told again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from scripts.scan_secrets import ASKS_A_SERVER, PROJECT, look, tracked, unknown

NOTHING = SecretsCollection()
RANDOM = hashlib.sha256(b"planted").hexdigest()
"""Made here, so that the scan of this file finds none."""


@pytest.fixture(autouse=True)
def settings() -> Iterator[None]:
    """As the script sets it: nothing found is tried on a server."""
    with default_settings() as settings:
        settings.disable_filters(ASKS_A_SERVER)
        yield


@pytest.mark.parametrize(("kind", "line"), [
    ("Private Key", "-----BEGIN " + "RSA PRIVATE KEY-----"),
    ("AWS Access Key", f"key = 'AKIA{RANDOM[:16].upper()}'"),
    ("Basic Auth Credentials", f"postgresql://register:{RANDOM[:12]}@db/register"),
    ("Secret Keyword", f"password = '{RANDOM[:12]}'"),
], ids=["private key", "cloud key", "address with a password", "password"])
def test_a_planted_secret_is_found(tmp_path: Path, kind: str, line: str) -> None:
    (tmp_path / "settings.py").write_text(f'"""Settings."""\n{line}\n')
    (tmp_path / "innocent.py").write_text('"""The rules."""\n')
    told = unknown(look(tmp_path, ["settings.py", "innocent.py"]), NOTHING)
    assert f"settings.py:2: {kind}" in told
    assert all(text.startswith("settings.py:2: ") for text in told)
    assert line not in "".join(told)


def test_what_the_baseline_holds_is_known_also_on_another_line(tmp_path: Path) -> None:
    line = f"password = '{RANDOM[:12]}'\n"
    (tmp_path / "settings.py").write_text(line)
    known = look(tmp_path, ["settings.py"])
    (tmp_path / "settings.py").write_text("\n\n" + line)
    assert known.data and unknown(look(tmp_path, ["settings.py"]), known) == []


def test_what_the_baseline_holds_is_known_in_another_folder_too(tmp_path: Path) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settings.py").write_text(f"password = '{RANDOM[:12]}'\n")
    known = look(tmp_path / "here", ["settings.py"])
    assert known.data and unknown(look(tmp_path / "there", ["settings.py"]), known) == []


def test_every_tracked_file_is_looked_at_but_the_baseline_itself() -> None:
    files = tracked(PROJECT)
    assert {"docker-compose.yml", "requirements.txt", "scripts/scan_secrets.py"} <= set(files)
    assert ".secrets.baseline" not in files
