"""The operator's file of recipients holds passwords: it is read strictly and never when others can read it."""

from pathlib import Path

import pytest
from lowincome.deliver.recipients import Recipient, read_recipients
from lowincome.errors import SettingsInvalid

PAGE = "'370102': {name: 历下区救助科, password: 江北-7, email: [a@example.org]}\n'370103': {name: 市中区救助科}\n"


def page(path: Path, text: str = PAGE, mode: int = 0o600) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_recipients_may_have_a_password_and_addresses(tmp_path: Path) -> None:
    assert read_recipients(page(tmp_path / "r.yaml")) == {
        "370102": Recipient("历下区救助科", "江北-7", ("a@example.org",)), "370103": Recipient("市中区救助科")}
    assert read_recipients(None) == {}


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="0600"):
        read_recipients(page(tmp_path / "r.yaml", mode=0o640))


def test_a_malformed_entry_is_refused_without_showing_the_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        read_recipients(page(tmp_path / "r.yaml", "'370102': {password: 江北-7}\n"))
    assert "江北" not in str(refusal.value)


def test_a_name_fits_into_the_header_of_a_page(tmp_path: Path) -> None:
    fits, longer = "科" * 60, "科" * 61
    assert read_recipients(page(tmp_path / "r.yaml", f"'370102': {{name: {fits}}}"))["370102"].name == fits
    for name in (longer, "''"):
        with pytest.raises(SettingsInvalid, match="1 to 60"):
            read_recipients(page(tmp_path / "r.yaml", f"'370102': {{name: {name}}}"))
