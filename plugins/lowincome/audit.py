"""Runs one suite on one candidate table. The only import of great_expectations.

The engine counts, in one SELECT, the rows that fail each expectation; Great Expectations judges the one row of
counts; the keys of failing rows come from a second query, only when something fails. Results hold record keys, masked
where one is an ID, and counts, never values. Whatever is empty, unreadable or crashes blocks.
"""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from lowincome import engine
from lowincome.errors import AuditFailed
from lowincome.mask import mask_key

LEVELS = ("file", "value", "record", "household", "cross_source", "over_time")
SEVERITIES = ("critical", "quarantine", "warning")
MOST_KEYS = 20


@dataclass(frozen=True)
class Expectation:
    """One question to a table, or to each of its rows (`of`).

    `fails_when` is SQL over a row, of which `at_most` (or that share) may fail; or over the table as a whole, where
    it may count rows that should be there, and an answer of null fails too.
    """

    id: str
    level: str
    severity: str
    why: str
    fails_when: str
    at_most: float = 0
    is_share: bool = False
    sources: tuple[str, ...] = ()
    of: str = "row"

    @property
    def count_sql(self) -> str:
        """How many rows fail; of a table 1 or 0."""
        if self.of == "table":
            return f"case when ({self.fails_when}) is false then 0 else 1 end"
        return f"count(*) filter (where {self.fails_when})"


@dataclass(frozen=True)
class Result:
    """What a suite found of one expectation."""

    suite: str
    table: str
    expectation: str
    level: str
    severity: str
    why: str
    success: bool
    observed: float
    failing_count: int
    failing_keys: tuple[str, ...]


def audit_table(suite: Path, inputs: Mapping[str, engine.Input], source: str | None = None) -> list[Result]:
    """Judge the table that the suite is named after; AuditFailed when the suite asks nothing or cannot be run."""
    table, key, expectations = load_suite(suite)
    asked = [entry for entry in expectations if not entry.sources or source in entry.sources]
    if not asked:
        raise AuditFailed(what="the suite asks nothing", where=f"{suite.parent.name}/{suite.name}",
                          expected="at least one expectation", next_step="write the suite; nothing passes unasked")
    counts = _counts(suite, table, asked, inputs)
    verdicts = _judge(table, asked, counts)
    return [_result(suite, table, key, entry, counts, verdicts[entry.id], inputs) for entry in asked]


@cache
def load_suite(suite: Path) -> tuple[str, str, tuple[Expectation, ...]]:
    """Table, key column and expectations of a suite, read strictly."""
    try:
        content = json.loads(suite.read_text("utf-8"))
        entries = [{name: value for name, value in entry.items() if name != "failing_example"}
                   for entry in content["expectations"]]
        expectations = tuple(Expectation(**{**entry, "sources": tuple(entry.get("sources", ()))}) for entry in entries)
        table, key = str(content["table"]), str(content["key"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise AuditFailed(what=f"the suite cannot be read ({type(error).__name__})", where=str(suite.name),
                          next_step="correct the suite; nothing passes without it") from error
    wrong = [e.id for e in expectations if not _is_well_formed(e)]
    if wrong or table != suite.stem or len({e.id for e in expectations}) != len(expectations):
        raise AuditFailed(what="the suite is not well formed", where=suite.name, found=", ".join(wrong),
                          next_step="give each expectation its own id, a level, a severity and a why")
    return table, key, expectations


def _is_well_formed(entry: Expectation) -> bool:
    return entry.level in LEVELS and entry.severity in SEVERITIES and entry.of in ("row", "table") and bool(entry.why)


def _counts(
    suite: Path, table: str, asked: list[Expectation], inputs: Mapping[str, engine.Input]
) -> dict[str, int]:
    columns = ", ".join(f'{entry.count_sql} as "{entry.id}"' for entry in asked)
    try:
        row = engine.query(f'select count(*) as _rows, {columns} from "{table}"', inputs).to_pylist()[0]
    except (engine.QueryFailed, ValueError) as error:
        raise AuditFailed(what="the suite cannot be run", where=f"{suite.parent.name}/{suite.name}",
                          found=type(error).__name__,
                          next_step="compare the suite with the table's columns") from None
    return {name: int(value) for name, value in row.items()}


def _judge(table: str, asked: list[Expectation], counts: dict[str, int]) -> dict[str, bool]:
    """Whether each expectation holds; AuditFailed when one was left unanswered."""
    limits = {entry.id: entry.at_most * counts["_rows"] if entry.is_share else entry.at_most for entry in asked}
    verdicts = dict(_verdicts(tuple(limits.items()), tuple(counts.items())))
    if set(verdicts) != limits.keys():
        raise AuditFailed(what="the suite did not answer every expectation", where=table,
                          next_step="nothing passes unanswered; read the task's log")
    return verdicts


@cache
def _verdicts(
    limits: tuple[tuple[str, float], ...], counts: tuple[tuple[str, int], ...]
) -> tuple[tuple[str, bool], ...]:
    """Great Expectations' verdicts on the one row of counts, of which a column's largest value is its only one.

    The same counts under the same limits are judged once a process: a verdict costs more than the count.
    """
    gx, counted = _great_expectations()
    suite = gx.ExpectationSuite(name="counts")
    for name, limit in limits:
        suite.add_expectation(gx.expectations.ExpectColumnMaxToBeBetween(
            column=name, min_value=0, max_value=limit, meta={"id": name}))
    batch = counted.get_batch({"dataframe": pd.DataFrame([dict(counts)])})
    report = batch.validate(suite, result_format={"result_format": "BOOLEAN_ONLY"})
    return tuple((result.expectation_config.meta["id"], bool(result.success)) for result in report.results
                 if not result.exception_info.get("raised_exception"))


@cache
def _great_expectations() -> tuple[Any, Any]:
    """The library, and where rows of counts are given to it: one asset, for each new one costs more than a verdict."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # before the import, which tells much by itself
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.pandas_default.add_dataframe_asset("counts")
    return gx, asset.add_batch_definition_whole_dataframe("row")


def _result(
    suite: Path, table: str, key: str, entry: Expectation, counts: dict[str, int], success: bool,
    inputs: Mapping[str, engine.Input],
) -> Result:
    failing = counts[entry.id]
    keys: tuple[str, ...] = ()
    if failing and entry.of == "row":
        sql = (f'select cast("{key}" as varchar) as failing_key from "{table}" where {entry.fails_when} '
               f"order by failing_key limit {MOST_KEYS}")
        keys = tuple(map(mask_key, engine.query(sql, inputs).column("failing_key").to_pylist()))
    name = f"{suite.parent.name}/{suite.stem}"
    return Result(name, table, entry.id, entry.level, entry.severity, entry.why, success, failing, failing, keys)
