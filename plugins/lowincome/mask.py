"""Masks: what a list or page shows of a person. Nothing else may be shown.

Shown are the family name, four and four characters of an ID, three and four digits of a phone, and an address down to
the door: a list is worked by visiting, and name, ID and phone as masked do not find a family.
"""

import re
import unicodedata

IDENTIFIER = re.compile(
    r"(?<!\d)(?:\d{6}[ -]?\d{8}[ -]?\d{3}[\dXxＸｘ](?:[ -]?\d{2}(?:[Bb]\d)?)?|\d{6}[ -]?\d{6}[ -]?\d{3}"
    r"|[1１]\d{2}[ -]?\d{4}[ -]?\d{4})(?!\d)")
"""An ID of either length, a disability certificate's number (an ID and two digits, of a reissue B and one more) or a
mobile number inside a text, in groups or not, in digits of either width."""
LONGEST_PHONE = len("139 0000 0010")
PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
"""How the area code of an ID begins (GB/T 2260)."""
BEARER = re.compile(
    rf"(?:{PROVINCES.pattern})\d{{4}}"
    r"(?:(?P<year>19\d\d|20\d\d)|\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]?(?:\d{2}(?:B\d)?)?"
    r"|1[3-9]\d{9}")
"""What somebody may bear: an ID begins with a province's code and holds a day, a mobile number with 13 to 19."""
YOUNGEST_HEAD = "2009"
"""Cases are numbered by area, day and count too; their days are of late, the birth of who heads a family is not."""


def mask_name(name: str | None) -> str:
    """张三 → 张*; nothing stays nothing."""
    return f"{name[0]}{'*' * (len(name) - 1) or '*'}" if name else ""


def mask_id(id_no: str | None) -> str:
    """3701**********1234."""
    return f"{id_no[:4]}**********{id_no[-4:]}" if id_no and len(id_no) >= 15 else ""


def mask_phone(phone: str | None) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 10 else ""


def mask_text(text: str) -> str:
    """A text that somebody typed, with the IDs and mobile numbers in it masked."""
    return IDENTIFIER.sub(_masked, text)


def mask_key(key: str | None) -> str:
    """A source's key of a record or household, or several, masked where one may be an ID or a mobile number.

    Digits that hold no day, or a day of late and no check digit, are the source's own number: its owner has to find the
    record by it, and machines join on it.
    """
    return IDENTIFIER.sub(lambda found: found[0] if _is_own_number(found[0]) else _masked(found), key or "")


def mask_asked(text: str) -> str:
    """What somebody typed to search by, for an address or a log, masked as the list shows numbers.

    A name may be in it, so only ASCII stays.
    """
    return re.sub(r"[^ -~]", "*", mask_key(text))


def mask_address(address: str | None) -> str:
    """The whole address, to the door; an ID or phone that was typed into it is masked."""
    return mask_text(address or "")


def _masked(found: re.Match[str]) -> str:
    return (mask_phone if len(found[0]) <= LONGEST_PHONE else mask_id)(found[0])


def _is_own_number(written: str) -> bool:
    digits = re.sub("[ -]", "", unicodedata.normalize("NFKC", written)).upper()
    borne = BEARER.fullmatch(digits)
    return borne is None or ((borne["year"] or "") > YOUNGEST_HEAD and not _is_checked(digits[:18]))


def _is_checked(digits: str) -> bool:
    """Whether the last of 18 digits checks the others (GB 11643)."""
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(value << place for place, value in enumerate(reversed(values))) % 11 == 1
