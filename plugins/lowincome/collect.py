"""The verb that takes answers back: filled worklists from a folder into the register."""

from datetime import date, datetime
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
    url, sha256, nothing = settings.register_url, digest(path), {"rows": 0, "recorded": 0, "rejected": 0}
    if dispositions.is_known_file(url, sha256):
        return nothing
    passwords = [entry.password for entry in read_recipients(settings.recipients).values() if entry.password]
    try:
        list_date, rows = answers.read_filled(path, passwords, moment.date())
    except ContractBroken:
        return nothing | {"rejected": answers.return_whole(path.parent / "returned" / f"{sha256[:16]}.xlsx")}
    given = [(row, flag_id) for row in rows for flag_id in row.flag_ids]
    verdicts = dispositions.record(url, [_answer(row, flag_id, list_date, moment) for row, flag_id in given])
    problems = {row: row.problem for row in rows if row.problem}
    problems |= {row: verdict for (row, _), verdict in zip(given, verdicts, strict=True) if verdict in answers.REASONS}
    if problems:
        answers.write_returned(path.parent / "returned" / f"{sha256[:16]}.xlsx", list(problems.items()))
    counts = {"rows": len(rows), "recorded": verdicts.count("recorded"), "rejected": len(problems)}
    dispositions.remember_file(url, sha256, moment, counts)
    return counts


def _answer(row: answers.FilledRow, flag_id: str, list_date: date, moment: datetime) -> dispositions.Answer:
    return dispositions.Answer(
        flag_id, row.finding, row.visited_on, row.remark, "workbook", moment, "workbook", list_date
    )
