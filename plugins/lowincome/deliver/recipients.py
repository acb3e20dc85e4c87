"""To whom a district's list goes, and the password that locks it; the operator's file, never the project's."""

import stat
from dataclasses import dataclass
from pathlib import Path

import yaml

from lowincome.errors import SettingsInvalid

LONGEST_NAME = 60
"""Characters of a recipient's name: it stands in every page's header, and a longer header is not printed at all."""


@dataclass(frozen=True)
class Recipient:
    """One district's recipient. Without a password the workbook is not encrypted; without addresses nothing is sent."""

    name: str
    password: str | None = None
    email: tuple[str, ...] = ()


def read_recipients(path: Path | None) -> dict[str, Recipient]:
    """Recipients by district code from a YAML file that its owner alone may read; none where there is no file.

    Raises SettingsInvalid when others may read it or an entry is not well formed.
    """
    if path is None:
        return {}
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsInvalid(
            what="the file of recipients is readable by others", where="LOWINCOME_RECIPIENTS",
            expected="mode 0600", next_step="chmod 600 it: it holds passwords",
        )
    try:
        content = yaml.safe_load(path.read_text("utf-8")) or {}
        return {str(code): _recipient(**entry) for code, entry in content.items()}
    except (TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        raise SettingsInvalid(
            what="the file of recipients cannot be read", where="LOWINCOME_RECIPIENTS",
            expected=f"district code: {{name (1 to {LONGEST_NAME} characters), password, email: [address, …]}}",
            found=type(error).__name__, next_step="correct the file; password and email may be left out",
        ) from None


def _recipient(name: str, password: str | None = None, email: list[str] | None = None) -> Recipient:
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(name)
    return Recipient(name, None if password is None else str(password), tuple(email or ()))
