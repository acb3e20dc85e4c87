"""What a server says may be repeated in our errors, less secrets and anything that looks like a person."""

import re
from collections.abc import Iterable
from urllib.parse import quote

_PERSONAL = re.compile(r"(?<!\d)(?:\d{14,19}[\dXxｘＸ]|1[3-9]\d{9})(?!\d)")
_LONGEST = 300


def safe_text(text: object, secrets: Iterable[str] = ()) -> str:
    """One line without secrets, ID numbers (15 digits or more) and mobile numbers; at most 300 characters."""
    line = " ".join(str(text).split())
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        line = line.replace(secret, "***").replace(quote(secret, safe=""), "***")
    return _PERSONAL.sub("***", line)[:_LONGEST]
