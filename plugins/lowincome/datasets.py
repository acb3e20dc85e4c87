"""The verb that tells which tables a step reads and writes, for lineage tools outside: names of tables, never rows.

A table keeps its name from day to day; which partition a day used is named by digest in its run.lock.json.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from lowincome.day_tables import LAYERS
from lowincome.lake import Lake
from lowincome.run import Run, read_run
from lowincome.settings import read_settings

WRITES = {"resolve": "resolved", "assemble": "households", "evaluate": "outcomes", "return_errors": "returns"}
Paths = tuple[list[Path], list[Path]]


def of_source(step: str, source: str, data_date: str) -> Paths:
    """What a step of a source read and wrote on a day: `fetch` its landing, `standardise` its canonical tables."""
    lake = Lake(read_settings().lake)
    landing = lake.landings(source, date.min).parent
    if step == "standardise":
        return [landing], _tables(lake, ["standardised"], data_date, source)
    return [], [landing] if step == "fetch" else []


def of_day(step: str, data_date: str) -> Paths:
    """What a step of the day read and wrote: every table that was known of the day, and those of its own layer.

    Of the sources those count that its lock names, of whatever date. `register` is told by the table that it leaves in
    the lake, so that no address of a database is given out.
    """
    settings = read_settings()
    lake, layer = Lake(settings.lake), WRITES.get(step)
    frozen = _frozen(read_run(lake, date.fromisoformat(data_date)))
    if layer:
        return frozen + _tables(lake, LAYERS[:LAYERS.index(layer)], data_date), _tables(lake, [layer], data_date)
    own = {"freeze": lake.root / "runs", "register": lake.root / "outcomes" / "flag_day",
           "prepare_pages": lake.root / "pages", "publish": settings.output}[step]
    known = frozen if step == "freeze" else frozen + _tables(lake, LAYERS, data_date)
    return [path for path in known if path != own], [own]


def _frozen(run: Run) -> list[Path]:
    """The tables of the sources that the day was computed from."""
    entries = (entry for source in run.lock["sources"].values() for entry in source["tables"].values())
    return _named(run.lake, (Path(entry["path"]).parts for entry in entries))


def _tables(lake: Lake, layers: Iterable[str], data_date: str, source: str = "") -> list[Path]:
    """Tables of these layers that have a partition of the day, of one source where one is named."""
    within = f"source={source}/" if source else ""
    found = (path for layer in layers
             for path in (lake.root / layer).glob(f"*/{within}data_date={data_date}/part.parquet"))
    return _named(lake, (path.relative_to(lake.root).parts for path in found))


def _named(lake: Lake, partitions: Iterable[tuple[str, ...]]) -> list[Path]:
    """Layer and table of each partition, once."""
    return [lake.root.joinpath(*table) for table in sorted({parts[:2] for parts in partitions})]
