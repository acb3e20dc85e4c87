"""Run and run.lock.json: the only clock. A day names every input by digest and then never says "latest"."""

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.errors import AuditFailed
from lowincome.lake import Lake, digest, read_json, write_json
from lowincome.schema import TABLES
from lowincome.settings import INCLUDE, PROJECT

PARTS_PER_FEN = 100 * math.lcm(*range(1, 37))
"""Money that is spread over months is counted in parts of a fen that every period of up to 36 months divides."""


READ_BY_CODE = ("expectations", "messages", "sources", "templates")
"""Folders of include/ whose files decide what is published."""


@dataclass(frozen=True)
class Run:
    """One frozen day."""

    lake: Lake
    data_date: date
    lock: dict[str, Any]

    @property
    def run_id(self) -> str:
        """Named by what went in: the same inputs give the same run."""
        return str(self.lock["run_id"])

    def inputs(self, table: str) -> list[Path]:
        """The frozen partitions of a standardised table; AuditFailed when one changed since."""
        paths = []
        for source in self.lock["sources"].values():
            entry = source["tables"].get(table)
            if entry is None:
                continue
            paths.append(self._frozen(entry))
        return paths

    def earlier(self, kind: str, table: str) -> engine.Input:
        """A frozen table of the day before (`previous`) or of people's `decisions`; empty where there is none."""
        entry = self.lock[kind].get(table)
        return _as_now([self._frozen(entry)], TABLES[table]) if entry else TABLES[table].empty_table()

    def _frozen(self, entry: dict[str, str]) -> Path:
        path = self.lake.root / entry["path"]
        if not path.exists() or digest(path) != entry["sha256"]:
            raise AuditFailed(
                what="a frozen input changed",
                where=f"{self.data_date} {entry['path']}",
                expected=f"sha256 {entry['sha256'][:12]}…",
                next_step="run `freeze` of this data date again",
            )
        return path

    def table(self, identity_key: str) -> pa.Table:
        """The one-row `run` view: the date and the income window, 12 whole months before its month, as numbers."""
        month = self.data_date.year * 12 + self.data_date.month
        return pa.table(
            {
                "data_date": pa.array([self.data_date], pa.date32()),
                "month": [f"{self.data_date:%Y%m}"],
                "window_first_month": [month - 12],
                "window_last_month": [month - 1],
                "parts_per_fen": pa.array([PARTS_PER_FEN], pa.decimal128(20, 0)),
                "identity_key": [identity_key],
            }
        )


def dated(data_date: date) -> pa.Table:
    """The one-row `run` view of a statement that asks for the date alone."""
    return pa.table({"data_date": pa.array([data_date], pa.date32())})


def freeze(
    lake: Lake,
    data_date: date,
    sources: dict[str, dict[str, Any]],
    previous: dict[str, Any],
    decisions: dict[str, Any],
    first_run: str | None = None,
) -> Run:
    """Write the lock of a day: every source's newest good state, people's decisions, code and policy by digest.

    What the code reads beside policy and linkage is part of it: a changed word changes the published workbook.

    `first_run` is the run by which the day was first entered in the register; a run of other inputs restates it.
    """
    lock: dict[str, Any] = {
        "data_date": data_date.isoformat(),
        **versions(),
        "sources": sources,
        "previous": previous,
        "decisions": decisions,
    }
    if first_run not in (None, _run_id(lock)):
        lock["restates"] = first_run
    lock["run_id"] = _run_id(lock)
    write_json(lake.lock(data_date), lock)
    return Run(lake, data_date, lock)


def _run_id(lock: dict[str, Any]) -> str:
    content = repr(sorted(_flat(lock))).encode()
    return f"{lock['data_date']}-{hashlib.sha256(content).hexdigest()[:12]}"


def read_run(lake: Lake, data_date: date) -> Run:
    """The frozen day; AuditFailed when it was never frozen."""
    path = lake.lock(data_date)
    if not path.exists():
        raise AuditFailed(what="the day is not frozen", where=str(data_date), next_step="run `freeze` first")
    return Run(lake, data_date, read_json(path))


def continue_run(lake: Lake, data_date: date) -> Run:
    """The frozen day, to compute it further. AuditFailed when code, policy or linkage are not those of its lock."""
    run = read_run(lake, data_date)
    here = versions()
    other = [name for name, version in here.items() if run.lock[name] != version]
    if other:
        raise AuditFailed(
            what="the day was frozen by another version than the one that runs",
            where=str(data_date),
            expected=", ".join(f"{name} {run.lock[name]}" for name in other),
            found=", ".join(f"{name} {here[name]}" for name in other),
            next_step="run `freeze` and what follows again for this data date, or the version that its lock names",
        )
    return run


def versions() -> dict[str, str]:
    """What computes a day, beside its inputs, each by its digest."""
    return {
        "code_version": _digest_tree(
            PROJECT / "plugins" / "lowincome", "*.py", INCLUDE, "*.sql", *_every_file(READ_BY_CODE)),
        "policy_version": _digest_tree(INCLUDE / "policy", "*"),
        "linkage_version": _digest_tree(INCLUDE / "linkage", "*"),
    }


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key in value for pair in _flat(value[key], f"{path}/{key}")]
    if isinstance(value, list):
        return [pair for place, entry in enumerate(value) for pair in _flat(entry, f"{path}/{place}")]
    return [(path, str(value))]


def _every_file(folders: tuple[str, ...]) -> list[Path | str]:
    return [part for name in folders for part in (INCLUDE / name, "*")]


def _as_now(written: list[Path], kinds: pa.Schema) -> engine.Input:
    """A table of the day before; where an older version wrote it, nothing is known in the columns that came since."""
    names = engine.query("select * from written limit 0", {"written": written}).column_names
    if set(kinds.names) <= set(names):
        return written
    rows = engine.query("select * from written", {"written": written})
    for kind in (kind for kind in kinds if kind.name not in names):
        rows = rows.append_column(kind, pa.nulls(rows.num_rows, kind.type))
    return rows


@cache
def _digest_tree(*pairs: Path | str) -> str:
    """What a process runs is what it found at first: each folder is read once."""
    sha = hashlib.sha256()
    for folder, pattern in zip(pairs[::2], pairs[1::2], strict=True):
        for path in sorted(Path(folder).rglob(str(pattern))):
            if path.is_file() and "__pycache__" not in path.parts:
                sha.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return sha.hexdigest()[:16]
