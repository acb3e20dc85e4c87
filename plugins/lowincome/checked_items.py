"""How the items of the checking systems are called in both languages: include/messages/items.yaml."""

from functools import cache

import yaml

from lowincome.settings import INCLUDE


@cache
def item_names() -> dict[str, tuple[str, str]]:
    """Item code → Chinese and English name."""
    content: dict[str, list[str]] = yaml.safe_load((INCLUDE / "messages" / "items.yaml").read_text("utf-8"))
    return {code: (chinese, english) for code, (chinese, english) in content.items()}
