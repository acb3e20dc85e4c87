"""What engineers are told of a cause (include/messages/alerts.yaml): Chinese, then English; no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lowincome.settings import INCLUDE
from lowincome.strict_yaml import read_words

LONGEST, MOST = 350, 8
"""Bytes of one finding, and findings: a robot takes 4,096 bytes a message; the Health page holds the rest."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class AlertMessage:
    """One message of one cause, in Markdown."""

    subject: str
    markdown: str


def alert_message(event: str, kind: str, since: str, about: Mapping[str, str], runbook: str) -> AlertMessage:
    """`about` names what is concerned, as readers know it, with what is found; `runbook` is the address of its page."""
    words = _words()
    said, (chinese, english) = words["events"][event], words["kinds"][kind]["title"]
    subject = f"【{said[0]}】{chinese} {said[1]}: {english} ({len(about)})"
    begun = _pair(words["since"], since=since)
    parts = [f"**{subject}**", begun, _listed(kind, about)]
    parts += [] if event == "closed" else [_pair(words["kinds"][kind]["means"])]
    return AlertMessage(subject, "\n\n".join([*parts, f"[处置手册 Runbook]({runbook}#{kind})"]))


def title(kind: str) -> dict[str, str]:
    """What a kind of cause is called, by language."""
    chinese, english = _words()["kinds"][kind]["title"]
    return {"zh": chinese, "en": english}


def _listed(kind: str, about: Mapping[str, str]) -> str:
    lines = [f"- {name}: {_found(kind, found)}" for name, found in list(about.items())[:MOST]]
    return "\n".join(lines + ([f"- … {len(about)}"] if len(about) > MOST else []))


def _found(kind: str, found: str) -> str:
    form = _words()["about"].get(kind if found or kind != "stale" else "never")
    return _pair(form, found=found) if form else " ".join(found.split()).encode()[:LONGEST].decode(errors="ignore")


def _pair(pair: Pair, **values: Any) -> str:
    return f"{pair[0]} {pair[1]}".format(**values)


@cache
def _words() -> dict[str, Any]:
    return read_words(INCLUDE / "messages" / "alerts.yaml")
