"""One source's error return: what its owner is asked to correct, what was corrected, and the last four weeks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lowincome.deliver.day import Rows


@dataclass(frozen=True)
class ErrorReturn:
    """`told` is the source as the day has it, `words` what a fault is called, by table and fault.

    `weeks` are the scorecard's, the newest first.
    """

    source: str
    recipient: str
    data_date: date
    told: dict[str, Any]
    words: Mapping[tuple[str, str], dict[str, str]]
    open: Rows
    closed: Rows
    weeks: Rows
