"""The frozen day as readers are told it: its lock, what became of its sources, and how rules and sources are called."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.deliver.recipients import Recipient

Rows = list[dict[str, Any]]
COUNTED = ("reason", "rows_in", "kept", "quarantined", "refused", "facts", "others", "findings")
FROZEN = ("state", "as_of", "is_stale", "inputs")


@dataclass(frozen=True)
class Day:
    """`records` are the source days and the audits of later layers.

    `titles` and `parameters` say how sources and parameters are called in both languages, `fault_words` by source what
    each fault is called. `assumed` are parameters of the day's rules that nobody published, or over a year ago.
    `history` holds the records of the days before, `released` who let a held district's list go, and why.
    """

    lock: dict[str, Any]
    records: Rows
    catalogue: Rows
    titles: dict[str, dict[str, str]]
    parameters: dict[str, dict[str, str]]
    recipients: dict[str, Recipient] = field(default_factory=dict)
    history: Rows = field(default_factory=list)
    released: dict[str, dict[str, str]] = field(default_factory=dict)
    vault: Path = Path("vault")
    fault_words: dict[str, dict[tuple[str, str], dict[str, str]]] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)

    @property
    def data_date(self) -> date:
        """The day that the data describes."""
        return date.fromisoformat(self.lock["data_date"])

    @property
    def state(self) -> str:
        """complete when every source came and was accepted, else degraded."""
        is_complete = all(entry["state"] == "ok" for entry in self.lock["sources"].values())
        return "complete" if is_complete else "degraded"

    @property
    def rules(self) -> dict[str, dict[str, Any]]:
        """The catalogue by rule id."""
        return {rule["id"]: rule for rule in self.catalogue}

    @property
    def sources(self) -> dict[str, dict[str, Any]]:
        """Each source's names, state, date, inputs and counted rows."""
        counted = {record["source"]: {key: record.get(key) for key in COUNTED} for record in self.records}
        return {
            name: counted[name] | self.titles[name] | {key: entry[key] for key in FROZEN}
            for name, entry in self.lock["sources"].items()
        }

    @property
    def expectations(self) -> Rows:
        """Every expectation asked on the day, with its source or layer."""
        return [{"source": record["source"], **result} for record in self.records for result in record["expectations"]]

    def recipient(self, code: str, otherwise: str) -> Recipient:
        """To whom a district's list or a source's return goes; without an entry of the operator's, by its name."""
        return self.recipients.get(code, Recipient(otherwise))

    def head(self) -> dict[str, Any]:
        """What every page and file of the day says of itself."""
        names = ("data_date", "run_id", "restates", "code_version", "policy_version")
        return {name: self.lock[name] for name in names if name in self.lock} | {"state": self.state}
