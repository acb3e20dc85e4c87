"""One way to link one set, measured in a process of its own."""

import time
from typing import Any

from lowincome.resolve.evaluate import evaluate

from benchmarks.febrl import ours, records, with_splink

WAYS = {"ours": ours.link, "Splink 5": with_splink.link}
COLUMNS = ("precision", "recall", "f1", "cluster_f1", "wrong_pairs", "missed_pairs")


def measure(name: str, has_number: bool, way: str) -> list[str]:
    """Processor seconds and quality of one way on one set."""
    known = records.read(name, has_number)
    start = time.process_time()
    links = WAYS[way](known)
    seconds = time.process_time() - start
    quality: dict[str, Any] = evaluate(records.truth(known), links)["quality"][0]
    found = [quality[column] for column in COLUMNS]
    return [f"{seconds:.1f}", *(f"{value:.5f}" if isinstance(value, float) else str(value) for value in found)]
