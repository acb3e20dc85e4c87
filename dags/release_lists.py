"""One held list: shall it go? One of LOWINCOME_APPROVERS answers under Required Actions; a run is one list of one day.

Approve with a reason: the day is published again with the list, and who answered and why stand in its report. Reject,
or no answer in a week: the list stays held. Nothing else waits for the answer: other lists are out, other days run.

Triage: red `release` says what is missing: a reason (clear `approve` and answer again), or that the list is no longer
held as it was asked, because the day was run again; then answer the newer run's question.
"""

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param, get_current_context, task
from publication import PUBLISHED
from time_limits import STEP

TEXT = {"type": "string"}
SUBJECT = "{{ params.data_date }} {{ params.name }} {{ params.district }}：放行清单？ Release the list?"
BODY = """{{ params.because }}

批准须写明理由；拒绝或七日内未答复，清单继续暂缓。

An approval needs a reason; rejected or not answered in a week, the list stays held."""
REASON = "批准时必填，写入日报 needed to approve; it stands in the day's report"
"""May be empty in the form, so that a rejection and a timeout need none; `release` refuses an approval without one."""


def ask_approvers(context: dict[str, object]) -> None:
    """Only they are shown the question as theirs, and Airflow takes no answer of anybody else."""
    from lowincome.approval import approvers

    context["task"].assigned_users = approvers()


@task(outlets=[PUBLISHED])
def release(answer: dict[str, object]) -> object:
    from airflow_bridge import failing_for_good
    from lowincome import approval
    from publication import announce

    context = get_current_context()
    asked = context["params"]
    with failing_for_good():
        published = approval.release(asked["data_date"], asked["district"], asked["because"], answer)
    announce(context, asked["data_date"])
    return published


with DAG("release_lists", schedule=None, catchup=False, max_active_runs=365, tags=["lowincome"], doc_md=__doc__,
         default_args=STEP, params={"data_date": Param("", **TEXT), "district": Param("", **TEXT),
                                    "name": Param("", **TEXT), "because": Param("", **TEXT)}):
    approve = ApprovalOperator(
        task_id="approve", subject=SUBJECT, body=BODY, defaults=ApprovalOperator.REJECT,
        response_timeout=timedelta(days=7), pre_execute=ask_approvers,
        params={"reason": Param(None, type=["null", "string"], title="理由 Reason", description=REASON)})
    release(approve.output)
