"""What a rule says of one subject."""

from dataclasses import dataclass

from tests.oracle.bounds import FALSE, UNKNOWN, Bounds


@dataclass(frozen=True)
class Finding:
    """The answer, and the quantity it was read from where the rule has one."""

    answer: str
    observed: Bounds | None = None


NO = Finding(FALSE)
CANNOT_TELL = Finding(UNKNOWN)
