"""A workbook behind a password: AES-256 as Office itself does it (ECMA-376 agile encryption)."""

import hashlib
import hmac
import shutil
from pathlib import Path

from lowincome.lake import digest


def lock_workbook(path: Path, password: str, vault: Path) -> None:
    """Encrypt a workbook in place.

    Encryption is salted, so the same workbook would come out different every time. What was encrypted once is kept in
    `vault` under a keyed digest and used again: the same list with the same password has the same bytes.
    """
    import msoffcrypto

    key = hmac.new(password.encode(), digest(path).encode(), hashlib.sha256).hexdigest()
    kept = vault / f"{key}.xlsx"
    if not kept.exists():
        vault.mkdir(parents=True, exist_ok=True)
        candidate = kept.with_suffix(".part")
        with path.open("rb") as plain, candidate.open("wb") as locked:
            msoffcrypto.OfficeFile(plain).encrypt(password, locked)
        candidate.replace(kept)
    shutil.copyfile(kept, path)
