"""What a server says may be repeated in our errors, less secrets and anything that looks like a person."""

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from lowincome.mask import PROVINCES

_HALF_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ＋－", "0123456789Xx+-")
_PERSONAL = re.compile(rf"""(?<!\d)(?:
    \d{{14,19}}[\dX]                                                # an ID or a certificate's number
    | (?:{PROVINCES.pattern})\d{{4}}[ -]?(?:                        # an ID in groups: area, birth date, sequence
        (?:19|20)\d\d[ -]?[01]\d[ -]?[0-3]\d[ -]?\d{{3}}[\dX] | \d\d[01]\d[0-3]\d[ -]?\d{{3}})
    | (?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}        # a mobile number
    )(?!\d)""", re.IGNORECASE | re.VERBOSE)
_LONGEST = 300


def safe_text(text: object, secrets: Iterable[str] = ()) -> str:
    """One line without secrets, ID numbers (15 digits or more) and mobile numbers; at most 300 characters."""
    spellings = _spellings(secrets)
    line = _without(spellings, " ".join(_without(spellings, str(text)).split()))
    return _PERSONAL.sub("***", line.translate(_HALF_WIDTH))[:_LONGEST]


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Each secret as given, as it stands in a URL and as its white space is squeezed; the longest first."""
    spellings = {spelling for secret in secrets for spelling in (
        secret, quote(secret), quote(secret, safe=""), quote_plus(secret), " ".join(secret.split()))}
    return sorted(filter(None, spellings), key=len, reverse=True)


def _without(spellings: list[str], text: str) -> str:
    for spelling in spellings:
        text = text.replace(spelling, "***")
    return text
