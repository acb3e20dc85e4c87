"""What nobody answered of a flag, as a sentence in both languages; the same on the list and on the card."""

from lowincome.messages import pairs

LANGUAGES = ("zh", "en")
COMMA = {"zh": "、", "en": ", "}


def sentence(items: str | None) -> dict[str, str]:
    """Items as include/sql/deliver/unanswered.sql joins them, in words, by language; empty where all were answered."""
    return {language: _told(items, language) if items else "" for language in LANGUAGES}


def _told(items: str, language: str) -> str:
    order = list(pairs("items"))
    asked = sorted((item.partition(":") for item in items.split("|")), key=lambda item: order.index(item[0]))
    named = (_named(code, persons, language) for code, _, persons in asked)
    return _said("worklist", "unanswered", language).format(items=COMMA[language].join(named))


def _named(code: str, persons: str, language: str) -> str:
    """An item, of a household with the number of members whom nobody answered about."""
    word = _said("items", code, language)
    return _said("worklist", "unanswered.of", language).format(item=word, persons=persons) if persons else word


def _said(page: str, key: str, language: str) -> str:
    return pairs(page)[key][LANGUAGES.index(language)]
