"""Rehearsal: what changed parameters or rules would do to past days. Started by hand; enters nothing.

Give the paths of the changed pages (each named after the parameter or rule it replaces) and the range of data dates.
The counts by rule and district stand in the task's result; `python -m lowincome rehearse` prints them as tables.

Triage: red `rehearse` names the page and line that cannot be read, or says that no day of the range was run.
"""

from airflow.sdk import DAG, Param, get_current_context, task
from time_limits import LONG

DATE = {"type": "string", "format": "date"}


@task(retries=0)
def rehearse() -> object:
    """Counts of new, lost and changed flags, and visits a day."""
    from airflow_bridge import failing_for_good
    from lowincome import inquiry

    asked = get_current_context()["params"]
    with failing_for_good():
        report = inquiry.rehearse(asked["first"], asked["last"], asked["pages"])
    return {name: [{**row, "data_date": row["data_date"].isoformat()} for row in rows] for name, rows in report.items()}


with DAG("rehearse_policy", schedule=None, catchup=False, max_active_runs=1, tags=["lowincome"], doc_md=__doc__,
         default_args=LONG, params={"pages": Param(None, type=["null", "array"], items={"type": "string"}),
                                    "first": Param("2026-11-20", **DATE), "last": Param("2026-11-22", **DATE)}):
    rehearse()
