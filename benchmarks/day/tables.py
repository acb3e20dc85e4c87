"""The figures of a benchmark as tables."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow.parquet as pq
from rich.table import Table

from benchmarks.day.cost import Cost, median, total
from benchmarks.day.run import Place, Step

COLUMNS = ("stage", "rows", "seconds", "CPU s", "rows/s", "peak MB", "read MB", "written MB", "floor", "CPU s",
           "ratio")
SHORTEST_FLOOR = 0.05
"""Seconds; the ratio to less would be one of noise."""
Key = tuple[date, str, str]


@dataclass(frozen=True)
class Size:
    """Persons and records of the first day."""

    persons: int
    records: int

    def __str__(self) -> str:
        return f"{self.persons:,} persons, {self.records:,} records"


def size(place: Place, day: date) -> Size:
    """Of what a run has in its lake."""
    persons, records = (pq.read_metadata(place.lake.partition("resolved", name, day)).num_rows
                        for name in ("person", "person_link"))
    return Size(persons, records)


def of_days(runs: list[list[Step]], idle: Cost) -> Iterator[Table]:
    """A table a day. A ratio is one of processor seconds, for other jobs of the machine change those of the clock; it
    leaves out what starting Python takes, for the floor leaves it out too."""
    by_key: dict[Key, list[Step]] = defaultdict(list)
    for step in (step for steps in runs for step in steps):
        by_key[step.day, step.name, step.source].append(step)
    for day in dict.fromkeys(day for day, _, _ in by_key):
        table = Table(*COLUMNS, title=f"{day}")
        for column in table.columns[1:]:
            column.justify = "right"
        today = {key: steps for key, steps in by_key.items() if key[0] == day}
        whole = today.pop((day, "one process", ""))
        for key, steps in today.items():
            _add(table, f"{key[1]} {key[2]}".strip(), steps, idle)
        if any(name == "publish" for _, name, _ in today):
            _add_total(table, "landing to published", today)
        _add_total(table, "the same in one process", {(day, "one process", ""): whole})
        yield table


def of_parts(run: list[Step]) -> Iterator[Table]:
    """What each stage of a whole day took inside its process; of one run."""
    for step in (step for step in run if step.parts):
        table = Table("stage", "seconds", "CPU s", "peak MB", "MB after it", "Arrow's",
                      title=f"{step.day}, one process")
        for column in table.columns[1:]:
            column.justify = "right"
        for part in step.parts:
            time, memory = (part.seconds, part.cpu), (part.peak_mb, part.after_mb, part.arrow_mb)
            table.add_row(f"{part.name} {part.source}".strip(), *(f"{one:.1f}" for one in time),
                          *(f"{mb:,.0f}" for mb in memory))
        yield table


def of_machine(figures: dict[str, object]) -> Table:
    """What the machine does in a second."""
    table = Table("the machine", "rows a second", "MB a second", title="floors of the same run")
    for name, speed in figures.items():
        assert isinstance(speed, dict)
        table.add_row(name, f"{speed['rows a second']:,.0f}",
                      f"{speed['MB a second']:,.0f}" if "MB a second" in speed else "")
    return table


def _add(table: Table, name: str, steps: list[Step], idle: Cost) -> None:
    cost, rows = median([step.cost for step in steps]), steps[0].rows
    floors = sorted(step.floor for step in steps if step.floor is not None)
    floor = floors[len(floors) // 2] if floors else None
    work = max(cost.cpu - idle.cpu, 0.0)
    beside = ("", "") if floor is None else (f"{floor:.2f}", f"{work / floor:.1f}" if floor >= SHORTEST_FLOOR else "")
    table.add_row(name, "" if rows is None else f"{rows:,}", *_figures(cost, rows), steps[0].floor_name, *beside)


def _add_total(table: Table, name: str, steps: dict[Key, list[Step]]) -> None:
    """Landing to published files: everything but `fetch`."""
    costs = [median([step.cost for step in of_key]) for (_, stage, _), of_key in steps.items() if stage != "fetch"]
    table.add_section()
    table.add_row(name, "", *_figures(total(costs), None))


def _figures(cost: Cost, rows: int | None) -> tuple[str, ...]:
    speed = "" if rows is None else f"{rows / cost.seconds:,.0f}"
    return (f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", speed, f"{cost.peak_mb:,.0f}", f"{cost.read_mb:,.0f}",
            f"{cost.written_mb:,.0f}")
