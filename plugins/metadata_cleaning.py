"""Airflow's own database, of which old rows are deleted."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime

from airflow_bridge import connection_or_skip


def clean_metadata(before: datetime, tables: Sequence[str]) -> None:
    """`airflow db clean` of these tables, in a process of its own: tasks themselves may not reach Airflow's database.

    Its URL comes from the connection `airflow_metadata`; without one the task is skipped. Raises AirflowException.
    """
    from airflow.sdk.exceptions import AirflowException

    url = connection_or_skip("airflow_metadata").extra["sqlalchemy_url"]
    command = [sys.executable, "-m", "airflow", "db", "clean", "--yes", "--skip-archive", "--clean-before-timestamp",
               before.isoformat(), "--tables", ",".join(tables), "--error-on-cleanup-failure"]
    done = subprocess.run(command, env=os.environ | {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url},
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise AirflowException(f"airflow db clean ended with {done.returncode}: {done.stderr[-1000:]}")
