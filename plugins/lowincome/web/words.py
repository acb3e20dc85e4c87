"""The pages' words in both languages, include/messages/pages.yaml; names of items: checked_items."""

from collections.abc import Callable
from functools import cache
from typing import Any

import yaml

from lowincome.checked_items import item_names
from lowincome.settings import INCLUDE

LANGUAGES = ("zh", "en")
Translate = Callable[..., str]


@cache
def translator(language: str) -> Translate:
    """Key → words. A key that the catalogue lacks raises KeyError, unless the caller has words for that case."""
    place = LANGUAGES.index(language)

    def translate(key: str, /, *, otherwise: str | None = None, **values: Any) -> str:
        pair = _catalogue().get(key)
        if pair is None and otherwise is not None:
            return otherwise
        if pair is None:
            raise KeyError(f"include/messages/pages.yaml has no words for {key}")
        return pair[place].format(**values) if values else pair[place]

    return translate


@cache
def _catalogue() -> dict[str, tuple[str, str]]:
    text = (INCLUDE / "messages" / "pages.yaml").read_text("utf-8")
    content: dict[str, list[str]] = yaml.load(text, yaml.BaseLoader)
    words = {key: (chinese, english) for key, (chinese, english) in content.items()}
    return words | {f"code.{item}": names for item, names in item_names().items()}
