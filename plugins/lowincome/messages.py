"""Words in both languages, as a page of include/messages/ has them."""

from collections.abc import Mapping
from functools import cache

import yaml

from lowincome.settings import INCLUDE


@cache
def pairs(page: str) -> Mapping[str, tuple[str, str]]:
    """Key → Chinese and English words of include/messages/<page>.yaml, for a page of nothing else."""
    text = (INCLUDE / "messages" / f"{page}.yaml").read_text("utf-8")
    content: dict[str, list[str]] = yaml.load(text, yaml.BaseLoader)
    return {key: (chinese, english) for key, (chinese, english) in content.items()}
