"""JSON with a part that cannot be read: bytes that are not UTF-8, or half of a character. The rest of it can be.

A name cut by length ends so. Slow, and asked only of what was not read as it stands.
"""

import json
from typing import Any


def loosely(body: bytes) -> Any:
    """A JSON value in whose texts halves of characters stand for what cannot be read; ValueError when it is none."""
    try:
        return json.loads(body.decode("utf-8", "surrogateescape"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_utf8(text: bytes) -> bool:
    """Whether all of some bytes can be read as UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_legible(value: Any) -> bool:
    """Whether all of a JSON value can be read."""
    try:
        written(value)
    except UnicodeEncodeError:
        return False
    return True


def written(value: Any, errors: str = "strict") -> bytes:
    """A JSON value as UTF-8."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", errors)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
