"""What stopped a source's day, in words of both languages: include/messages/causes.yaml."""

import re
from functools import cache

import yaml

from lowincome.settings import INCLUDE


def sentence(reason: str | None) -> dict[str, str]:
    """What a recorded reason (docs/data-dictionary.md, source days) says, by language; empty where it is not known."""
    said = [pair for pattern, pair in _page().items() if re.search(pattern, reason or "")]
    return {"zh": "；".join(chinese for chinese, _ in said), "en": "; ".join(english for _, english in said)}


@cache
def _page() -> dict[str, tuple[str, str]]:
    content: dict[str, list[str]] = yaml.safe_load((INCLUDE / "messages" / "causes.yaml").read_text("utf-8"))
    return {pattern: (chinese, english) for pattern, (chinese, english) in content.items()}
