"""Patience with transient faults: a bounded number of tries, exponential waits with jitter."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lowincome.errors import SourceUnavailable

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Transient(Exception):
    """A fault that may be gone at the next try. Its text is already safe to show."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


@dataclass(frozen=True)
class Patience:
    """How often and how long we wait, in seconds. Clock, sleep and chance are given, so tests need no time."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random
    tries: int = 7
    first_wait: float = 0.5
    longest_wait: float = 60.0
    longest_retry_after: float = 900.0

    def run(self, where: str, action: Callable[[], T]) -> T:
        """The action's result, tried again on every transient fault; SourceUnavailable when they do not end."""
        for attempt in range(self.tries):
            try:
                return action()
            except Transient as fault:
                if attempt + 1 == self.tries:
                    raise self.exhausted(where, fault, self.tries) from None
                self.wait(where, attempt, fault)
        raise ValueError("patience needs at least one try")

    def wait(self, where: str, attempt: int, fault: Transient) -> None:
        """Sleep before the next try, never shorter than the server asks; asked for no wait, as long as we choose."""
        if (fault.retry_after or 0) > self.longest_retry_after:
            raise SourceUnavailable(
                what=f"asks to wait {fault.retry_after:.0f} s: {fault.reason}",
                where=where,
                next_step="the task's own retry comes later; nothing was landed",
            )
        seconds = self._seconds(attempt, fault.retry_after)
        _log.warning("%s: %s; next try in %.1f s", where, fault.reason, seconds)
        self.sleep(seconds)

    def exhausted(self, where: str, fault: Transient, tries: int) -> SourceUnavailable:
        """What to say when the last try failed as well."""
        return SourceUnavailable(
            what=f"gave up after {tries} tries: {fault.reason}",
            where=where,
            next_step="the task retries later; ask the publisher if it lasts",
        )

    def _seconds(self, attempt: int, retry_after: float | None) -> float:
        backoff = min(self.longest_wait, self.first_wait * 2.0**attempt)
        if retry_after is not None and retry_after > 0:
            return retry_after + min(1.0, self.first_wait) * self.chance()
        return backoff * (0.5 + self.chance() / 2)
