"""The verb behind the page: a filled worklist that a caseworker uploads, taken as if it lay in the folder."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from lowincome.aside import aside
from lowincome.collect import Author, Outcome, take
from lowincome.deliver import answers
from lowincome.deliver.recipients import read_recipients
from lowincome.deliver.unlock import NotAList
from lowincome.register import dispositions
from lowincome.settings import Settings
from lowincome.web.office import Receipt, Upload


def receive(settings: Settings, upload: Upload, moment: datetime, today: date) -> Receipt:
    """Take a workbook: flags of the caseworker's districts are recorded, each other one is refused.

    `moment` is UTC, `today` local. The same file of the same user again changes nothing, and what became of it is told;
    one of which nothing could be read before is read again, which tells why.
    """
    sha256, url = hashlib.sha256(upload.content).hexdigest(), settings.register_url
    names = (sha256, _name(upload.user_name, sha256))
    known = next(filter(None, (dispositions.known_file(url, name) for name in names)), None)
    if known and known["rows"]:
        return Receipt(is_known=True, **known)
    try:
        outcome = take(_read(settings, upload, today), _author(url, upload, moment), settings)
    except NotAList as error:
        return Receipt(problem=answers.reasons()[error.reason])
    _keep(settings.home, upload, outcome, sha256)
    # What another district's caseworker may still give back is not known to be done.
    dispositions.remember_file(url, names[outcome.is_foreign], moment, outcome.counts)
    return Receipt(
        rows=outcome.rows, recorded=outcome.recorded, unchanged=outcome.unchanged, rejected=outcome.rejected,
        told=tuple((row.number, said) for row, said in outcome.told))


def returned(home: Path, user_name: str, sha256: str) -> Path | None:
    """The workbook that tells this user what could not be taken of theirs; None where all was, or it is not theirs."""
    path = answers.returned(home, _name(user_name, sha256))
    return path if path.is_file() else None


def _read(settings: Settings, upload: Upload, today: date) -> answers.FilledList:
    """The list; its lock opens with the passwords of the caseworker's districts only."""
    recipients = read_recipients(settings.recipients)
    own = [recipients[code].password for code in upload.districts if code in recipients]
    with aside("upload") as folder:
        path = folder / "upload.xlsx"
        path.write_bytes(upload.content)
        return answers.read_filled(path, [password for password in own if password], today)


def _author(url: str, upload: Upload, moment: datetime) -> Author:
    """A flag stands where the newest day shows it; one that closed before, where it closed."""

    def own(flag_ids: Sequence[str]) -> frozenset[str]:
        return upload.shown(flag_ids) | dispositions.closed_in(url, flag_ids, upload.districts)

    return Author(upload.user_name[:64], "page_upload", moment, own)


def _keep(home: Path, upload: Upload, outcome: Outcome, sha256: str) -> None:
    """The file beside those of the folder, and what could not be taken of it."""
    kept = answers.imported(home, sha256)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(upload.content)
    if outcome.told:
        answers.write_returned(answers.returned(home, _name(upload.user_name, sha256)), outcome.told)


def _name(user_name: str, sha256: str) -> str:
    """A name of one user's file, which says nothing of the user."""
    return hashlib.sha256(f"{sha256} {user_name}".encode()).hexdigest()
