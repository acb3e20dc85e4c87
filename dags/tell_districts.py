"""A day was published → every district is told its counts, and a person is asked about each list that is held.

It starts by itself whenever `publish` of `monitor_households` or `release` of `release_lists` is green. Nobody is told
the same twice; a question is asked once.

Triage: red `mail` or `wecom` names the districts that were not told: mend the connection `smtp_default` or
`wecom_webhook` and clear it; the day is published all the same. Skipped means that there is no such connection. Red
`held` is ours; red `ask` means that `release_lists` is missing; `ask` is skipped when there is nothing new to ask.
"""

from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, get_current_context, task
from publication import PUBLISHED
from time_limits import SMALL

TOLD = {"retries": 6, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": True}


@task(**TOLD)
def mail() -> object:
    from airflow_bridge import connection_or_skip
    from lowincome.tell import tell
    from message_channels import SMTP, by_mail
    from publication import published_dates

    connection_or_skip(SMTP)
    return {day: tell(day, "mail", by_mail) for day in published_dates(get_current_context())}


@task(**TOLD)
def wecom() -> object:
    from airflow_bridge import connection_or_skip
    from lowincome.tell import tell
    from message_channels import WECOM, by_wecom
    from publication import published_dates

    send = by_wecom(connection_or_skip(WECOM))
    return {day: tell(day, "wecom", send) for day in published_dates(get_current_context())}


@task
def held() -> list[dict[str, object]]:
    from lowincome.approval import questions
    from publication import published_dates

    asked = [question for day in published_dates(get_current_context()) for question in questions(day)]
    return [{"trigger_run_id": question["id"], "conf": question["facts"]} for question in asked]


with DAG("tell_districts", schedule=[PUBLISHED], catchup=False, max_active_runs=1, tags=["lowincome"], doc_md=__doc__,
         default_args=SMALL, params={"data_date": Param(None, type=["null", "string"])}):
    mail()
    wecom()
    TriggerDagRunOperator.partial(task_id="ask", trigger_dag_id="release_lists", logical_date=None,
                                  skip_when_already_exists=True).expand_kwargs(held())
