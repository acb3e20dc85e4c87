"""How long a task may run before Airflow ends it, as `default_args` of a DAG or options of a task.

A DAG runs one run at a time, so a task that hangs would keep every day after it waiting. An ended task fails as one
that was killed does, with nothing half-done visible; where it has retries it is tried again. Time in which no code
runs is not counted: an export is waited for as export_wait.CUTOFF says, an answer as the question itself does.
"""

from datetime import timedelta
from typing import TypedDict


class Limit(TypedDict):
    """One try of a task."""

    execution_timeout: timedelta


SMALL: Limit = {"execution_timeout": timedelta(minutes=30)}
"""Looks, asks or tells: a message has twenty seconds, and a robot takes twenty messages a minute."""
STEP: Limit = {"execution_timeout": timedelta(hours=6)}
"""Computes: nine million residents take minutes."""
LONG: Limit = {"execution_timeout": timedelta(hours=12)}
"""Brings a source, its own waits and tries included: a first full load takes hours. The next night needs the DAG."""
