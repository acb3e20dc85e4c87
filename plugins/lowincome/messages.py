"""Words in both languages, as a page of include/messages/ has them."""

from collections.abc import Mapping
from functools import cache

from lowincome.settings import INCLUDE
from lowincome.strict_yaml import read_words


@cache
def pairs(page: str) -> Mapping[str, tuple[str, str]]:
    """Key → Chinese and English words of include/messages/<page>.yaml, for a page of nothing else."""
    content = read_words(INCLUDE / "messages" / f"{page}.yaml")
    return {key: (chinese, english) for key, (chinese, english) in content.items()}
