"""Three kinds of error, told apart by who has to act: wait, call them, call us."""

from collections.abc import Callable
from functools import partial
from typing import Self


class PipelineError(Exception):
    """What happened, where, what was expected, what was found and what to do next.

    The text never holds a secret or personal data: callers pass names, counts, codes and record keys only.
    """

    def __init__(self, *, what: str, where: str, expected: str = "", found: str = "", next_step: str = "") -> None:
        self.what, self.where = what, where
        self.expected, self.found, self.next_step = expected, found, next_step
        parts = [f"{where}: {what}"]
        parts += [f"expected {expected}"] if expected else []
        parts += [f"found {found}"] if found else []
        parts += [f"next: {next_step}"] if next_step else []
        super().__init__("; ".join(parts))

    def __reduce__(self) -> tuple[Callable[[], Self], tuple[()]]:
        """How it crosses from one process to another, whole; an exception's own way knows no names of arguments."""
        told = {name: getattr(self, name) for name in ("what", "where", "expected", "found", "next_step")}
        return partial(type(self), **told), ()


class SourceUnavailable(PipelineError):
    """Wait: the source is down, late or asks for patience. A later try may succeed."""


class ContractBroken(PipelineError):
    """Call them: what was delivered breaks the agreed contract. A retry gives the same."""


class AuditFailed(PipelineError):
    """Call us: one of our own audits or balances failed. Nothing was replaced."""


class SettingsInvalid(PipelineError):
    """Call us: a setting, parameter, suite or source page of this project is wrong."""
