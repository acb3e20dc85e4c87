"""The pages' words in both languages, from one catalogue: include/messages/pages.yaml."""

from collections.abc import Callable
from functools import cache
from typing import Any

import yaml

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
    return {key: (chinese, english) for key, (chinese, english) in content.items()}
