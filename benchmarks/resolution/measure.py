"""One way to find who is who, measured in a process of its own."""

import multiprocessing
import resource
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from lowincome.resolve.evaluate import evaluate

from benchmarks.resolution import truth
from benchmarks.resolution.rivals import RIVALS

COLUMNS = ("precision", "recall", "f1", "cluster_f1", "wrong_pairs", "missed_pairs")


def write_truth(path: Path, apart: Path, seed: int, persons: int, dirt: truth.Dirt) -> None:
    """Draw the city; write its records, and who must not be merged."""
    records = truth.records(seed, persons, dirt)
    pq.write_table(records, path)
    pq.write_table(truth.apart(seed, persons, dirt, records), apart)


def measure(name: str, path: Path, apart: Path, folder: Path) -> dict[str, Any]:
    """Run one way on the records; its time, memory, quality and forbidden merges. Its links are left in `folder`.

    Processor seconds are those of all threads: on a machine that others use they say more than those of the clock.
    Those of `answering` leave out what a way that learns spends on learning, where it tells them apart.
    """
    records = pq.read_table(path)
    seen = records.drop_columns(["person_no", "kind"])
    start, worked = time.perf_counter(), time.process_time()
    links = RIVALS[name](seen)
    spent = {"seconds": time.perf_counter() - start, "processor": time.process_time() - worked}
    spent["answering"] = float((links.schema.metadata or {}).get(b"answering", spent["processor"]))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    pq.write_table(links, folder / f"{name}.parquet")
    found = evaluate(records, links, [apart])
    merged = {f"merged {row['kind']}": row["merged"] for row in found["must_not_merge"]}
    shown = {column: found["quality"][0][column] for column in COLUMNS}
    return {**{name: round(value, 1) for name, value in spent.items()}, "GB": round(memory, 2), **shown, **merged}


def in_child(function: Any, *arguments: Any) -> Any:
    """Run in a fresh process; its answer."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)
