"""What the pages need from the rest of the house, handed in by `lowincome.pages`: stages never import each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lowincome.lake import Lake

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Access:
    """One look at personal data, or one export: who, when, what and why."""

    user_name: str
    action: str
    subject: str
    reason: str
    data_date: date
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """What a caseworker found at the door about one flag of the list of `list_date`."""

    flag_id: str
    finding: str
    visited_on: date
    remark: str
    recorded_by: str
    list_date: date


@dataclass(frozen=True)
class Upload:
    """A filled workbook that a caseworker gives back.

    `shown` tells which of some flags the newest day has in their districts.
    """

    content: bytes
    user_name: str
    districts: tuple[str, ...]
    shown: Callable[[Sequence[str]], frozenset[str]]


@dataclass(frozen=True)
class Receipt:
    """What became of a workbook: `problem` says why none of it was read, `told` why a row was not taken, by number;
    both in words by language.

    recorded and unchanged count flags, rows and rejected count rows. `is_known`: the same file came before, and they
    tell what became of it then.
    """

    problem: Mapping[str, str] | None = None
    is_known: bool = False
    rows: int = 0
    recorded: int = 0
    unchanged: int = 0
    rejected: int = 0
    told: tuple[tuple[int, Mapping[str, str]], ...] = ()


@dataclass(frozen=True)
class Answers:
    """Workbooks given back on the page; limit: bytes of a file.

    receive takes a workbook; returned is the file that tells a user what could not be taken of the workbook with a
    digest, or None.
    """

    limit: int
    receive: Callable[[Upload], Receipt]
    returned: Callable[[str, str], Path | None]


@dataclass(frozen=True)
class Identity:
    """The verbs of identity: cases of a published run, and judgements proposed, approved and withdrawn.

    judge takes day, two record keys, verdict, author and reason; approve and withdraw a number, person and reason.
    They raise ContractBroken when it cannot be done.
    """

    cases: Callable[[date, str], Rows]
    judgements: Callable[[], Rows]
    judge: Callable[[date, str, str, str, str, str], int]
    approve: Callable[[int, str, str], None]
    withdraw: Callable[[int, str, str], None]


@dataclass(frozen=True)
class Tasks:
    """What Airflow knows of its work: how long the newest tasks took, and a DAG's newest run for a data date."""

    times: Callable[[], Rows] = list
    run_of: Callable[[str, date], str | None] = lambda dag_id, day: None


@dataclass(frozen=True)
class Office:
    """Where the days lie, the rules and parameters, the register to read and append to, the clock of this edge.

    findings and episodes tell of flags, and of households and persons, what is theirs on the day that is looked at;
    reveal tells name, ID and phone of one person, whole.
    alerts tells what engineers were told of and is not over: kind, title by language, since (UTC), about. publication
    tells what keeps the lists from their districts now: kind, title, about.
    """

    lake: Lake
    output: Path
    staff: Path
    rules: Rows
    parameters: Rows
    now: Callable[[], datetime]
    log_access: Callable[[Access], None]
    accesses: Callable[[int, int], Rows]
    record_findings: Callable[[Sequence[Found]], Sequence[str]]
    findings: Callable[[date, Sequence[str]], Rows]
    episodes: Callable[[date, Sequence[str]], Rows]
    reveal: Callable[[date, str], Rows]
    identity: Identity
    answers: Answers
    tasks: Tasks
    alerts: Callable[[], Rows]
    publication: Callable[[], Rows]
