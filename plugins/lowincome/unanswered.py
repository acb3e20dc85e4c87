"""What nobody answered of a flag, as a sentence in both languages; the same on the list and on the card."""

from collections import defaultdict

from lowincome.messages import pairs

LANGUAGES = ("zh", "en")
BETWEEN_ITEMS = {"zh": "、", "en": ", "}
BETWEEN_NUMBERS = {"zh": "；", "en": "; "}


def sentence(items: str | None) -> dict[str, str]:
    """Items as include/sql/deliver/unanswered.sql joins them, in words, by language; empty where all were answered."""
    return {language: _told(items, language) if items else "" for language in LANGUAGES}


def _told(items: str, language: str) -> str:
    """Items in the order of their page, those of which as many members are owed together."""
    order = list(pairs("items"))
    owed = sorted((item.partition(":") for item in items.split("|")), key=lambda item: order.index(item[0]))
    by_number: dict[str, list[str]] = defaultdict(list)
    for code, _, persons in owed:
        by_number[persons].append(_said("items", code, language))
    named = (_named(words, persons, language) for persons, words in by_number.items())
    return _said("worklist", "unanswered", language).format(items=BETWEEN_NUMBERS[language].join(named))


def _named(words: list[str], persons: str, language: str) -> str:
    """Items, of a household with the number of members whom nobody answered about."""
    joined = BETWEEN_ITEMS[language].join(words)
    key = "unanswered.each" if len(words) > 1 else "unanswered.of"
    return _said("worklist", key, language).format(items=joined, persons=persons) if persons else joined


def _said(page: str, key: str, language: str) -> str:
    return pairs(page)[key][LANGUAGES.index(language)]
