"""The fault switch: which source breaks, how, after how many requests and how often."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any

TRANSPORT_FAULTS = frozenset({
    "reset", "truncated_gzip", "throttle", "throttle_date", "hang", "empty", "html", "500", "502", "503", "504",
    "internal", "maintenance", "400", "401", "403", "404", "token_expired"})
STATE_FAULTS = frozenset({
    "snapshot_gone", "export_failed", "export_expired", "export_slow", "wrong_digest", "wrong_total", "clock_skew",
    "new_column", "missing_column", "unknown_code", "shrunken"})
FILE_FAULTS = frozenset({"wrong_md5", "missing_md5", "missing_ok", "missing_file", "new_column", "missing_column",
                         "unknown_code", "shrunken"})
HTTP_SOURCES = frozenset({"province_check", "city_check", "medical_insurance"})
FILE_SOURCES = frozenset({"rural_revitalization", "disabled_federation"})


class UnknownFault(ValueError):
    """The rule names a source or fault that the switch does not have."""


@dataclass(slots=True)
class FaultRule:
    """Shows on requests (or files) of `source` whose path holds `path`, after `after` of them, `times` times.

    `times` None: for ever. `value`: seconds of Retry-After, of hanging or of clock skew; share kept when shrunken.
    `date` (yyyy-mm-dd) binds a file fault, or a state fault of an export or snapshot, to one data date.
    """

    source: str
    fault: str
    after: int = 0
    times: int | None = 1
    path: str = ""
    value: float | None = None
    date: str | None = None
    seen: int = 0
    shown: int = 0

    def takes(self) -> bool:
        """Count one occasion; true when the fault shows on it."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.shown >= self.times):
            return False
        self.shown += 1
        return True


class FaultSwitch:
    """The rules in force; the first that fits an occasion shows."""

    def __init__(self, rules: Iterable[Mapping[str, Any]] = ()) -> None:
        self._lock = Lock()
        self.rules: list[FaultRule] = []
        self.add(rules)

    def add(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Put rules in, after those that are there."""
        for rule in [_rule(item) for item in rules]:
            self.rules.append(rule)

    def clear(self) -> None:
        """Everything works again."""
        self.rules.clear()

    def transport(self, source: str, path: str) -> FaultRule | None:
        """The fault to show on this request, if any."""
        with self._lock:
            fitting = [rule for rule in self.rules if rule.source == source and rule.fault in TRANSPORT_FAULTS
                       and rule.path in path]
            return next((rule for rule in fitting if rule.takes()), None)

    def state(self, source: str, fault: str, data_date: str | None = None) -> FaultRule | None:
        """Whether this fault shows on this occasion of the source's own business."""
        with self._lock:
            fitting = [rule for rule in self.rules if rule.source == source and rule.fault == fault
                       and rule.date in (None, data_date)]
            return next((rule for rule in fitting if rule.takes()), None)

    def file(self, source: str, fault: str, data_date: str) -> FaultRule | None:
        """Whether the file of that data date has this fault; files are written again, so nothing is counted."""
        return next((rule for rule in self.rules if rule.source == source and rule.fault == fault
                     and rule.date in (None, data_date)), None)

    def skew_ms(self, source: str) -> int:
        """How far the source's clock is off."""
        return sum(int((rule.value or 0) * 1000) for rule in self.rules
                   if rule.source == source and rule.fault == "clock_skew")

    def report(self) -> list[dict[str, Any]]:
        """The rules with how often each was asked and shown."""
        return [asdict(rule) for rule in self.rules]


def _rule(item: Mapping[str, Any]) -> FaultRule:
    rule = FaultRule(**item)
    known = FILE_FAULTS if rule.source in FILE_SOURCES else TRANSPORT_FAULTS | STATE_FAULTS
    if rule.source not in HTTP_SOURCES | FILE_SOURCES or rule.fault not in known:
        raise UnknownFault(f"{rule.source} has no fault {rule.fault}")
    return rule
