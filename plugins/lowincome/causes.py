"""What stopped a source's day, in words of both languages: include/messages/causes.yaml."""

import re

from lowincome.messages import pairs


def sentence(reason: str | None) -> dict[str, str]:
    """What a recorded reason (docs/data-dictionary.md, source days) says, by language; empty where it is not known."""
    said = [pair for pattern, pair in pairs("causes").items() if re.search(pattern, reason or "")]
    return {"zh": "；".join(chinese for chinese, _ in said), "en": "; ".join(english for _, english in said)}
