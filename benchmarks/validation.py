"""PYTHONPATH=plugins:. python -m benchmarks.validation --folder F [--data-date D] [--runs N]: validation beside a scan.

F is a folder that benchmarks.day has kept, with the lake of its last run, which is only read. Of every audited table
of the day: what the one SELECT costs that counts the answers to its suite, what the questions cost that a row answers
by itself, and what it costs the engine to read every value of the table once. Then what Great Expectations takes to
judge the counts. Processor seconds of all threads, medians. The counts of each delivery, some rows, are left out.
"""

import argparse
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lowincome import audit, engine
from lowincome.day_tables import LAYERS, known_tables
from lowincome.deliver import stage as deliver_stage
from lowincome.run import read_run
from lowincome.settings import INCLUDE, read_settings
from lowincome.sources.spec import registry
from rich.console import Console
from rich.table import Table

from benchmarks.day.run import FIRST, Place

SUITES = INCLUDE / "expectations"
LARGE = 100_000
"""Rows from which a table is large."""
Inputs = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A suite that is asked of a table, with every table that it may look at."""

    suite: Path
    inputs: Inputs
    source: str = ""

    @property
    def layer(self) -> str:
        """Of the lake, or `published`."""
        return self.suite.parent.name


@dataclass(frozen=True)
class Cost:
    """Processor seconds of one table: all questions, those of a row by itself, the scan, the verdict."""

    rows: int
    counted: float
    own: float
    scan: float
    verdict: float


def main() -> int:
    """Measure and print."""
    options, console = _options(), Console(width=120)
    place = Place(options.folder.absolute())
    os.environ |= {"LOWINCOME_HOME": str(place.home), "LOWINCOME_ENCRYPTION_KEYS": "",
                   "LOWINCOME_IDENTITY_KEY": "a key of the benchmark"}
    loading = processor(audit._great_expectations)
    asked = [*of_sources(place, options.data_date), *of_stages(place, options.data_date)]
    costs = [(question, measured(question, options.runs)) for question in asked]
    console.print(as_table(sorted(costs, key=lambda cost: -cost[1].rows)))
    console.print(f"importing Great Expectations, once a process: {loading:.2f}", highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="kept by benchmarks.day")
    parser.add_argument("--data-date", type=date.fromisoformat, default=FIRST)
    parser.add_argument("--runs", type=int, default=5, help="figures are medians of so many")
    return parser.parse_args()


def of_sources(place: Place, day: date) -> Iterator[Question]:
    """The canonical tables of each source, which may look at its other tables, and its quarantined rows."""
    run = read_run(place.lake, day)
    for source, frozen in run.lock["sources"].items():
        tables: Inputs = {name: [place.lake.root / entry["path"]] for name, entry in frozen["tables"].items()}
        for name in (*(table.name for table in registry()[source].tables), "rejected_record"):
            yield Question(SUITES / "standardised" / f"{name}.json", tables | {"run": run.table("")}, source)


def of_stages(place: Place, day: date) -> Iterator[Question]:
    """The tables of each later stage, and those that are published."""
    run, settings = read_run(place.lake, day), read_settings()
    known = known_tables(run, settings) | {"run": run.table(settings.identity_key)}
    files = deliver_stage.published(known, known["run"], place.folder / "published")
    published: Inputs = {name: [file] for name, file in files.items()}
    for layer in (*LAYERS, "published"):
        for suite in sorted((SUITES / layer).glob("*.json")):
            yield Question(suite, known | published if layer == "published" else known)


def measured(question: Question, runs: int) -> Cost:
    """Each of the four in turn, `runs` times."""
    table, _, expectations = audit.load_suite(question.suite)
    asked = [entry for entry in expectations if not entry.sources or question.source in entry.sources]
    own = [entry for entry in asked if is_of_a_row_by_itself(entry)]
    counts = audit._counts(question.suite, table, asked, question.inputs)
    scan = reading(table, question.inputs)
    taken = [(processor(lambda: audit._counts(question.suite, table, asked, question.inputs)),
              processor(lambda: audit._counts(question.suite, table, own, question.inputs)) if own else 0.0,
              processor(lambda: engine.query(scan, question.inputs)),
              processor(lambda: verdict(table, asked, counts))) for _ in range(runs)]
    return Cost(counts["_rows"], *map(statistics.median, zip(*taken, strict=True)))


def is_of_a_row_by_itself(asked: audit.Expectation) -> bool:
    """Whether its rows can be judged without other rows or tables; the day's date is no table."""
    return set(re.findall(r"\bfrom (\w+|\()", asked.fails_when)) <= {"run"}


def reading(table: str, inputs: Inputs) -> str:
    """The statement that reads every value once: of each column the last, for the largest stands in the file's head."""
    columns = engine.query(f'select * from "{table}" limit 0', inputs).column_names
    lasts = ", ".join(f'last("{column}")' for column in columns)
    return f'select {lasts} from "{table}"'


def verdict(table: str, asked: list[audit.Expectation], counts: dict[str, int]) -> None:
    """As if these counts had not been judged before."""
    audit._verdicts.cache_clear()
    audit._judge(table, asked, counts)


def processor(work: Callable[[], object]) -> float:
    """Processor seconds of all threads."""
    before = time.process_time()
    work()
    return time.process_time() - before


def as_table(costs: list[tuple[Question, Cost]]) -> Table:
    """The largest table first; then those of many rows together, and all."""
    table = Table("table", "rows", "all questions", "of a row", "one scan", "ratio", "of a row", "verdict",
                  title="processor seconds")
    for column in table.columns[1:]:
        column.justify = "right"
    for question, cost in costs:
        table.add_row(f"{question.suite.stem} {question.source}".strip(), *_figures(cost))
    table.add_section()
    every = [cost for _, cost in costs]
    table.add_row(f"of {LARGE:,} rows and more", *_figures(total([cost for cost in every if cost.rows >= LARGE])))
    table.add_row("all together", *_figures(total(every)))
    return table


def total(costs: list[Cost]) -> Cost:
    """Of several tables."""
    return Cost(sum(cost.rows for cost in costs), *(sum(getattr(cost, figure) for cost in costs)
                                                    for figure in ("counted", "own", "scan", "verdict")))


def _figures(cost: Cost) -> tuple[str, ...]:
    ratios = (cost.counted / cost.scan, cost.own / cost.scan)
    seconds = (f"{figure:.3f}" for figure in (cost.counted, cost.own, cost.scan))
    return (f"{cost.rows:,}", *seconds, *(f"{ratio:.1f}" for ratio in ratios), f"{cost.verdict:.3f}")


if __name__ == "__main__":
    sys.exit(main())
