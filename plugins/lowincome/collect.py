"""The verb that takes answers back: filled worklists from a folder into the register."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from lowincome.deliver import answers
from lowincome.deliver.recipients import read_recipients
from lowincome.deliver.unlock import NotAList
from lowincome.findings import misdated
from lowincome.lake import Lake, digest
from lowincome.redirects import leads_to
from lowincome.register import dispositions, ledger
from lowincome.settings import Settings, read_settings

SETTLED_SECONDS = 300
"""A file that nobody wrote to for so long is not being copied any more."""
OwnFlags = Callable[[list[str]], frozenset[str]]
"""Of these flags, those that the author of a list may answer."""


@dataclass(frozen=True)
class Author:
    """Who answers with a list, how it came, when, and about which flags; without `own`, about any."""

    name: str
    channel: str
    moment: datetime
    own: OwnFlags = frozenset


@dataclass(frozen=True)
class Outcome:
    """What became of a list: its rows, its answers by what was done, and what is told about which row.

    recorded and unchanged count flags; rejected counts rows of which nothing was taken. `is_foreign`: some flags are
    not the author's to answer.
    """

    rows: int
    recorded: int
    unchanged: int
    rejected: int
    told: tuple[tuple[answers.FilledRow, answers.Said], ...]
    is_foreign: bool

    @property
    def counts(self) -> dict[str, int]:
        """What the register remembers of the file."""
        return {"rows": self.rows, "recorded": self.recorded, "rejected": self.rejected}


def collect(received_at: str) -> dict[str, int]:
    """Import every filled worklist of LOWINCOME_HOME/answers; what could not be taken comes back with reasons.

    Files taken go to answers/imported, rows that were not to a workbook in answers/returned. A file of the same bytes
    again changes nothing. `received_at` is local time with its offset: its date is today, the register keeps UTC.
    """
    settings, moment = read_settings(), datetime.fromisoformat(received_at)
    ledger.migrate(settings.register_url)
    total = {"files": 0, "rows": 0, "recorded": 0, "rejected": 0}
    for path in _dropped(settings.home):
        counts = _collect(path, settings, moment)
        total = {name: total[name] + counts.get(name, 0) for name in total}
    return total


def _dropped(home: Path) -> list[Path]:
    """What people put into the folder; what an office suite keeps beside a workbook that is open is none of it."""
    imported = answers.imported(home, "").parent
    imported.mkdir(parents=True, exist_ok=True)
    return sorted(path for path in imported.parent.iterdir()
                  if path.is_file() and not path.name.startswith(("~$", ".")))


def take(filled: answers.FilledList, author: Author, settings: Settings) -> Outcome:
    """Record what can be; a row of which nothing was taken is rejected, one taken in part is told and not rejected.

    NotAList for a cover that names a day after the newest: no such list was given out, and answers to it would make
    those to every true list stale.
    """
    if filled.list_date > dispositions.newest_list(settings.register_url):
        raise NotAList("not_given_out", f"a list of {filled.list_date}")
    given = [(row, flag_id, rule) for row in filled.rows for flag_id, rule in row.flags]
    own = author.own([flag_id for _, flag_id, _ in given])
    first_days = dispositions.first_days(settings.register_url, own)

    def problem(row: answers.FilledRow, flag_id: str) -> str | None:
        if flag_id not in own:
            return "elsewhere"
        return misdated(row.visited_on, first_seen=first_days.get(flag_id, date.min))

    told = [
        dispositions.Answer(flag_id, row.finding, row.visited_on, row.remark, author.name, author.moment,
                            author.channel, filled.list_date)
        for row, flag_id, _ in given if problem(row, flag_id) is None]
    verdicts = iter(dispositions.record(settings.register_url, told, partial(leads_to, Lake(settings.lake))))
    return _outcome(filled, [(row, rule, problem(row, flag_id) or next(verdicts)) for row, flag_id, rule in given])


def _outcome(filled: answers.FilledList, said: Sequence[tuple[answers.FilledRow, str, str]]) -> Outcome:
    by_row: dict[int, list[tuple[str, str]]] = {row.number: [] for row in filled.rows}
    for row, rule, verdict in said:
        by_row[row.number].append((rule, verdict))
    words = [(row, answers.told(row, by_row[row.number])) for row in filled.rows]
    verdicts = [verdict for _, _, verdict in said]
    return Outcome(
        rows=len(filled.rows), recorded=sum(verdict in dispositions.RECORDED for verdict in verdicts),
        unchanged=verdicts.count("unchanged"),
        rejected=sum(all(verdict not in dispositions.TAKEN for _, verdict in of_row) for of_row in by_row.values()),
        told=tuple((row, said) for row, said in words if said), is_foreign="elsewhere" in verdicts)


def _collect(path: Path, settings: Settings, moment: datetime) -> dict[str, int]:
    """Take one file and put it away; one that cannot be read and has just changed is left until it is whole."""
    sha256, utc = digest(path), moment.astimezone(UTC).replace(tzinfo=None)
    counts = {"rows": 0, "recorded": 0, "rejected": 0}
    if dispositions.known_file(settings.register_url, sha256) is None:
        returned = answers.returned_to_folder(settings.home, path.stem, sha256)
        try:
            filled = _read(path, settings, moment.date())
            outcome = take(filled, Author(_recipient(filled, path), "workbook", utc), settings)
        except NotAList as error:
            if _has_just_changed(path, moment):
                return {}
            counts["rejected"] = answers.return_whole(returned, error.reason)
        else:
            counts = outcome.counts
            if outcome.told:
                answers.write_returned(returned, outcome.told)
        dispositions.remember_file(settings.register_url, sha256, utc, counts)
    path.replace(answers.imported(settings.home, sha256))
    return {"files": 1} | counts


def _read(path: Path, settings: Settings, today: date) -> answers.FilledList:
    """The list; it opens with any district's password, for a folder knows no user."""
    if path.suffix.lower() != ".xlsx":
        raise NotAList("not_xlsx", "another kind of file")
    passwords = [entry.password for entry in read_recipients(settings.recipients).values() if entry.password]
    return answers.read_filled(path, passwords, today)


def _has_just_changed(path: Path, moment: datetime) -> bool:
    return abs(moment.timestamp() - path.stat().st_mtime) < SETTLED_SECONDS


def _recipient(filled: answers.FilledList, path: Path) -> str:
    """Who answers for a dropped list: its recipient; a folder knows no user. As long as the register's column."""
    return (filled.recipient or f"unknown, file {path.name}")[:64]
