"""A workbook that came from outside, made safe to parse: unlocked, measured, and packed anew."""

import shutil
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from lowincome.errors import ContractBroken
from lowincome.workbooks import PACKINGS

MAX_UNPACKED = 100_000_000
"""Bytes; ten times a list of ten thousand rows."""
MAX_RATIO = 100
"""Bytes unpacked for each byte of the file; a list that was given out has about 13."""
MAX_SPINS = 1_000_000
"""Rounds from a password to its key; Office takes 100,000. The file names them, and more would keep a process busy."""


class NotAList(ContractBroken):
    """A file that cannot be read as a worklist; `reason` is a key of answers.reasons()."""

    def __init__(self, reason: str, found: str) -> None:
        self.reason = reason
        super().__init__(
            what=f"the file is not a filled worklist ({reason})", where="answers", found=found,
            expected="the workbook as it was given out", next_step="fill in the worklist itself and give it back again",
        )


def unlock(path: Path, passwords: Iterable[str]) -> BinaryIO:
    """The plain workbook, within the bounds above; one that is locked opens with one of the passwords.

    Raises NotAList (locked, too_large, not_a_list), or whatever the readers of a damaged file raise.
    """
    if zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _packed_anew(file)
    return _packed_anew(_decrypted(path, passwords))


def _decrypted(path: Path, passwords: Iterable[str]) -> BinaryIO:
    from msoffcrypto.exceptions import InvalidKeyError
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = BytesIO()
    with path.open("rb") as file:
        locked = OOXMLFile(file)
        if locked.info.get("spinValue", 0) > MAX_SPINS:
            raise NotAList("not_a_list", f"more than {MAX_SPINS} rounds of encryption")
        for password in passwords:
            try:
                locked.load_key(password=password, verify_password=True)
            except InvalidKeyError:
                continue
            locked.decrypt(plain)
            return plain
    raise NotAList("locked", "no password that fits")


def _packed_anew(packed: BinaryIO) -> BinaryIO:
    """The same entries, each as long as it declares to be.

    An entry that declares less than it unpacks to would still be unpacked whole by a reader that asks for all of it at
    once, as spreadsheet libraries do. Read piece by piece it ends where it says.
    """
    plain = BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(plain, "w") as target:
        entries = source.infolist()
        _check(entries, packed.seek(0, 2))
        for entry in entries:
            with source.open(entry) as content, target.open(entry.filename, "w") as copy:
                shutil.copyfileobj(content, copy)
    return plain


def _check(entries: Sequence[Any], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(MAX_UNPACKED, MAX_RATIO * size):
        raise NotAList("too_large", f"{unpacked} bytes in a file of {size}")
    if any(entry.compress_type not in PACKINGS for entry in entries):
        raise NotAList("not_a_list", "a way of packing that no spreadsheet uses")
