"""Which tables a task read and wrote, told to Airflow's collector of lineage.

The provider of OpenLineage turns it into events where the operator has configured it; else it is forgotten.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any


def source_step(step: str, source: str, *arguments: object) -> Any:
    """One verb of `lowincome.ingest` for the data date of the running task, and what it read and wrote."""
    from airflow.sdk import get_current_context
    from airflow_bridge import data_date, failing_for_good
    from lowincome import datasets, ingest

    context = get_current_context()
    day = data_date(context)
    with failing_for_good():
        done = getattr(ingest, step)(source, day, *arguments)
    tell_datasets(context["ti"], *datasets.of_source(step, source, day))
    return done


def tell_datasets(task: Any, read: Iterable[Path], wrote: Iterable[Path]) -> None:
    """By address of the table's folder or file, never by content."""
    from airflow.sdk.lineage import get_hook_lineage_collector

    collector = get_hook_lineage_collector()
    for path in read:
        collector.add_input_asset(task, uri=path.as_uri())
    for path in wrote:
        collector.add_output_asset(task, uri=path.as_uri())
