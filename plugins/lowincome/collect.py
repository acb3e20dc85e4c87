"""The verb that takes answers back: filled worklists from a folder into the register."""

from datetime import datetime
from pathlib import Path

from lowincome.deliver import answers
from lowincome.deliver.recipients import read_recipients
from lowincome.errors import ContractBroken
from lowincome.lake import digest
from lowincome.register import dispositions, ledger
from lowincome.settings import Settings, read_settings


def collect(received_at: str) -> dict[str, int]:
    """Import every filled worklist of LOWINCOME_HOME/answers; what could not be taken comes back with reasons.

    Files taken go to answers/imported, rows that were not to a workbook in answers/returned. A file of the same bytes
    again changes nothing.
    """
    settings, moment = read_settings(), datetime.fromisoformat(received_at)
    ledger.migrate(settings.register_url)
    inbox = settings.home / "answers"
    (inbox / "imported").mkdir(parents=True, exist_ok=True)
    total = {"files": 0, "rows": 0, "recorded": 0, "rejected": 0}
    for path in sorted(inbox.glob("*.xlsx")):
        counts = _collect(path, settings, moment)
        total = {name: total[name] + ({"files": 1} | counts).get(name, 0) for name in total}
        path.replace(inbox / "imported" / f"{digest(path)[:16]}.xlsx")
    return total


def _collect(path: Path, settings: Settings, moment: datetime) -> dict[str, int]:
    sha256, nothing = digest(path), {"rows": 0, "recorded": 0, "rejected": 0}
    if dispositions.is_known_file(settings.register_url, sha256):
        return nothing
    passwords = [entry.password for entry in read_recipients(settings.recipients).values() if entry.password]
    returned = path.parent / "returned" / f"{sha256[:16]}.xlsx"
    try:
        filled = answers.read_filled(path, passwords, moment.date())
    except ContractBroken:
        counts = nothing | {"rejected": answers.return_whole(returned)}
    else:
        counts = _take(filled, _author(filled, path), settings.register_url, moment, returned)
    dispositions.remember_file(settings.register_url, sha256, moment, counts)
    return counts


def _take(filled: answers.FilledList, author: str, url: str, moment: datetime, returned: Path) -> dict[str, int]:
    """Record what can be; a row of which nothing was taken is rejected, one taken in part is told and not rejected."""
    given = [(row, flag_id, rule) for row in filled.rows for flag_id, rule in row.flags]
    verdicts = dispositions.record(url, [
        dispositions.Answer(flag_id, row.finding, row.visited_on, row.remark, author, moment, "workbook",
                            filled.list_date)
        for row, flag_id, _ in given])
    missed: dict[int, dict[str, str]] = {row.number: {} for row in filled.rows}
    for (row, _, rule), verdict in zip(given, verdicts, strict=True):
        if verdict not in dispositions.TAKEN:
            missed[row.number][rule] = verdict
    words = [(row, answers.told(row, missed[row.number])) for row in filled.rows]
    if any(text for _, text in words):
        answers.write_returned(returned, [(row, text) for row, text in words if text])
    rejected = sum(len(missed[row.number]) == len(row.flags) for row in filled.rows)
    return {"rows": len(filled.rows), "recorded": verdicts.count("recorded"), "rejected": rejected}


def _author(filled: answers.FilledList, path: Path) -> str:
    """Who answers for a dropped list: its recipient; a folder knows no user. As long as the register's column."""
    return (filled.recipient or f"unknown, file {path.name}")[:64]
