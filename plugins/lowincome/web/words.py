"""The pages' words in both languages, include/messages/pages.yaml; names of items: items.yaml beside it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from lowincome.messages import pairs

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
    return {**pairs("pages"), **{f"code.{item}": names for item, names in pairs("items").items()}}
