"""Why a flag closed, as a sentence in both languages (include/messages/closings.yaml)."""

from functools import cache
from typing import Any

from lowincome.settings import INCLUDE
from lowincome.strict_yaml import read_words


def sentence(reason: str | None) -> dict[str, str]:
    """A close reason of the register (docs/data-dictionary.md, flag_day) in words, by language.

    A reason that the catalogue lacks, as one that an older version of the code wrote, stays as it is.
    """
    kind, _, about = (reason or "").partition(": ")
    said = _page().get(kind)
    chinese, english = (said.get(about) if isinstance(said, dict) else said) or (reason or "", reason or "")
    return {"zh": chinese, "en": english}


@cache
def _page() -> dict[str, Any]:
    return read_words(INCLUDE / "messages" / "closings.yaml")
