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

COLUMNS = ("precision", "recall", "f1", "cluster_precision", "cluster_recall", "wrong_pairs", "missed_pairs")


def write_truth(path: Path, seed: int, persons: int, dirt: truth.Dirt) -> None:
    """Draw the city and write its records."""
    pq.write_table(truth.records(seed, persons, dirt), path)


def measure(name: str, path: Path, folder: Path) -> dict[str, Any]:
    """Run one way on the records; its seconds, memory and quality. Its links are left in `folder`."""
    records = pq.read_table(path)
    shown = records.drop_columns(["person_no", "kind"])
    start = time.perf_counter()
    links = RIVALS[name](shown)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    pq.write_table(links, folder / f"{name}.parquet")
    quality = evaluate(records, links)["quality"][0]
    return {"seconds": round(seconds, 1), "GB": round(memory, 2), **{column: quality[column] for column in COLUMNS}}


def in_child(function: Any, *arguments: Any) -> Any:
    """Run in a fresh process; its answer."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)
