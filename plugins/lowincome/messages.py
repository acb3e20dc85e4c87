"""Words in both languages, as a page of include/messages/ has them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from lowincome.settings import INCLUDE


class _EachKeyOnce(yaml.BaseLoader):
    """Everything is text; a key that stands twice is an error, where YAML takes the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        twice = [key for place, key in enumerate(keys) if key in keys[:place]]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice[0]} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


@cache
def pairs(page: str) -> Mapping[str, tuple[str, str]]:
    """Key → Chinese and English words of include/messages/<page>.yaml, for a page of nothing else."""
    text = (INCLUDE / "messages" / f"{page}.yaml").read_text("utf-8")
    content: dict[str, list[str]] = yaml.load(text, _EachKeyOnce)
    return {key: (chinese, english) for key, (chinese, english) in content.items()}
