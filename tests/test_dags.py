"""The DAGs: that they parse, quickly, are built as agreed, and tell their reader what to do."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from lowincome.lake import Lake
from lowincome.settings import read_settings
from lowincome.sources.standardise import source_day

PROJECT = Path(__file__).resolve().parents[1]
FILES = sorted((PROJECT / "dags").glob("*.py"))
HEAVY = ("pandas", "duckdb", "great_expectations")
TRIES = 3
"""A machine that does other things may disturb one."""
# What Airflow's DAG processor loads before it opens the first file is the yardstick of what the files add: a slow
# machine is slow at both. Here the one takes 1.1 s of processor time and the other 0.13 s.
PARSE = """
import json, runpy, sys, time
started = time.process_time()
import airflow.dag_processing.processor, airflow.timetables.interval, yaml
loaded = time.process_time()
for path in {files}:
    runpy.run_path(path)
parsed = time.process_time()
print(json.dumps([loaded - started, parsed - loaded, sorted(set({heavy}) & set(sys.modules))]))
"""
DESCRIBE = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder={folder!r})
print(json.dumps({{"errors": bag.import_errors, "dags": {{dag.dag_id: {{
    "doc": dag.doc_md, "catchup": dag.catchup, "max_active_runs": dag.max_active_runs,
    "zone": str(getattr(dag.timetable, "timezone", None) or getattr(dag.timetable, "_timezone", None)),
    "announces": sorted({{asset.name for task in dag.tasks for asset in task.outlets}}),
    "waits_for": sorted(
        asset.name for asset in getattr(getattr(dag.timetable, "asset_condition", None), "objects", [])),
    "deadlines": [[type(one.reference).__name__, one.interval.total_seconds() / 3600, one.callback.path]
                  for one in dag.deadline or []],
    "params": sorted(dag.params), "tasks": {{task.task_id: {{
        "retries": task.retries, "downstream": sorted(task.downstream_task_ids), "type": task.task_type,
        "rule": task.trigger_rule.value,
        "hours": task.execution_timeout and task.execution_timeout.total_seconds() / 3600}}
        for task in dag.tasks}}}} for dag in bag.dags.values()}}}}))
"""
UNDATED = {"maintenance", "watch", "rehearse_policy", "collect_dispositions", "tell_districts", "release_lists"}
STEPS = ("freeze", "resolve", "assemble", "evaluate", "register", "return_errors", "prepare_pages", "publish")


def in_fresh_process(code: str, home: Path) -> Any:
    """The JSON that a new Python prints last, with an Airflow of its own."""
    environment = os.environ | {
        "AIRFLOW_HOME": str(home), "PYTHONPATH": f"{PROJECT / 'plugins'}:{PROJECT / 'dags'}",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = in_fresh_process(DESCRIBE.format(folder=str(PROJECT / "dags")), tmp_path_factory.mktemp("airflow"))
    assert found["errors"] == {}
    return dict(found["dags"])


@pytest.fixture(scope="module")
def sources() -> dict[str, dict[str, Any]]:
    pages = [yaml.safe_load(path.read_text("utf-8")) for path in (PROJECT / "include" / "sources").glob("*.yaml")]
    return {page["id"]: page for page in pages}


def test_parsing_adds_less_than_a_quarter_to_the_dag_processor_and_imports_nothing_heavy(tmp_path: Path) -> None:
    code, shares = PARSE.format(files=[str(path) for path in FILES], heavy=list(HEAVY)), [1.0]
    while min(shares) >= 1 / 4 and len(shares) <= TRIES:
        loading, parsing, heavy = in_fresh_process(code, tmp_path)
        assert heavy == []
        shares.append(parsing / loading)
    assert min(shares) < 1 / 4


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dag_file_is_a_table_of_contents(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 60


def test_every_source_has_its_dag_and_the_day_has_one(
    dags: dict[str, Any], sources: dict[str, dict[str, Any]]
) -> None:
    assert set(dags) == {f"ingest_{source}" for source in sources} | {"monitor_households"} | UNDATED


def test_days_are_local_not_caught_up_and_run_one_at_a_time(dags: dict[str, Any]) -> None:
    for dag in (about for name, about in dags.items() if name not in UNDATED):
        assert (dag["catchup"], dag["max_active_runs"], dag["zone"]) == (False, 1, "Asia/Shanghai")
        assert dag["params"] == ["data_date"]


def test_only_what_touches_the_world_is_tried_again(dags: dict[str, Any]) -> None:
    retried = {task for dag in dags.values() for task, about in dag["tasks"].items() if about["retries"]}
    assert retried == {"submit", "fetch", "publish", "mail", "wecom"}


def test_every_task_ends_after_half_an_hour_six_hours_or_half_a_day_at_most(dags: dict[str, Any]) -> None:
    limits: dict[float | None, set[str]] = {}
    for dag, about in dags.items():
        for task, told in about["tasks"].items():
            limits.setdefault(told["hours"], set()).add(f"{dag}.{task}")
    assert set(limits) == {0.5, 6, 12}
    assert limits[12] == {f"{dag}.fetch" for dag in dags if dag.startswith("ingest_")} | {"rehearse_policy.rehearse"}
    assert limits[0.5] == {"maintenance.disks", *(f"watch.{task}" for task in dags["watch"]["tasks"]),
                           *(f"tell_districts.{task}" for task in dags["tell_districts"]["tasks"])}


def test_an_export_is_waited_for_in_the_triggerer(
    dags: dict[str, Any], sources: dict[str, dict[str, Any]]
) -> None:
    for source, page in sources.items():
        tasks = dags[f"ingest_{source}"]["tasks"]
        is_export = page["transport"] == "export_api"
        assert set(tasks) == {"fetch", "standardise"} | ({"submit", "wait"} if is_export else set())
        assert tasks["fetch"]["downstream"] == ["standardise"]
        if is_export:
            assert tasks["wait"] | {"retries": 0} == tasks["wait"]
            assert (tasks["wait"]["type"], tasks["wait"]["downstream"]) == ("WaitForExport", ["fetch"])


def test_the_day_goes_step_by_step(dags: dict[str, Any]) -> None:
    tasks = dags["monitor_households"]["tasks"]
    assert {task: about["downstream"] for task, about in tasks.items()} == {
        step: [after] if after else [] for step, after in zip(STEPS, [*STEPS[1:], None], strict=True)}


def test_only_the_day_has_a_deadline_in_the_morning_after_its_data_date(dags: dict[str, Any]) -> None:
    deadline = ["DagRunLogicalDateDeadline", 25.5, "publishing_deadline.day_is_due"]
    assert {name: dag["deadlines"] for name, dag in dags.items() if dag["deadlines"]} == {
        "monitor_households": [deadline]}


def test_engineers_are_told_after_each_look_through_both_channels(dags: dict[str, Any]) -> None:
    assert {task: about["downstream"] for task, about in dags["watch"]["tasks"].items()} == {
        "look": ["mail", "measure", "wecom"], "mail": [], "wecom": [], "measure": []}
    assert {task for task, about in dags["watch"]["tasks"].items() if about["rule"] == "all_done"} == {"mail", "wecom"}


def test_docs_end_in_triage_notes_that_name_tasks(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        last = dag["doc"].strip().split("\n\n")[-1]
        assert last.startswith("Triage:")
        assert any(f"`{task}`" in last for task in dag["tasks"])


def test_the_trigger_is_found_by_the_name_that_it_gives_and_carries_no_secret(tmp_path: Path) -> None:
    code = """
import json
from importlib import import_module
from export_wait import ExportEnded
where, what = ExportEnded("province_check", "province_check", "2026-11-20", "E1").serialize()
module, _, name = where.rpartition(".")
print(json.dumps([getattr(import_module(module), name)(**what).serialize() == (where, what), sorted(what)]))
"""
    assert in_fresh_process(code, tmp_path) == [True, ["conn_id", "data_date", "export_id", "source"]]


def test_what_is_published_is_told_and_a_question_waits_in_a_run_of_its_own(dags: dict[str, Any]) -> None:
    downstream = {task: about["downstream"] for task, about in dags["tell_districts"]["tasks"].items()}
    assert downstream == {"mail": [], "wecom": [], "held": ["ask"], "ask": []}
    assert dags["tell_districts"]["tasks"]["ask"]["type"] == "TriggerDagRunOperator"
    released = dags["release_lists"]
    assert released["tasks"]["approve"]["downstream"] == ["release"]
    assert released["max_active_runs"] > len(dags)
    for day in ("monitor_households", "release_lists"):
        assert dags[day]["announces"] == ["lowincome_published_day"]
    assert dags["tell_districts"]["waits_for"] == ["lowincome_published_day"]


ANSWER = """
import json
from datetime import UTC, datetime
from airflow.sdk.exceptions import DownstreamTasksSkipped
import release_lists
def answered(option, **reason):
    event = {"chosen_options": [option], "params_input": reason, "responded_at": datetime.now(UTC),
             "responded_by_user": {"id": "7", "name": "Li"}, "timedout": False}
    task = release_lists.approve
    try:
        context = {"task": task, "ti": type("Ti", (), {"map_index": -1, "xcom_push": lambda *_, **__: None})()}
        answer = task.execute_complete(context, event)
        return [answer["params_input"], answer["responded_by_user"]]
    except DownstreamTasksSkipped as skipped:
        return "skipped"
print(json.dumps([answered("Approve", reason="looked"), answered("Approve"), answered("Reject"),
                  answered("Reject", reason=None), answered("Reject", reason="")]))
"""


ASSIGN = """
import json, os
import release_lists
said = []
for text in ("7=Li", ""):
    os.environ["LOWINCOME_APPROVERS"] = text
    release_lists.approve._pre_execute_hook({"task": release_lists.approve})
    said.append(release_lists.approve.assigned_users)
print(json.dumps(said))
"""


def test_a_question_is_put_to_the_approvers_of_the_moment_it_is_asked(tmp_path: Path) -> None:
    assert in_fresh_process(ASSIGN, tmp_path) == [[{"id": "7", "name": "Li"}], None]


def test_a_rejection_with_or_without_a_reason_skips_the_release_and_fails_nothing(tmp_path: Path) -> None:
    li = {"id": "7", "name": "Li"}
    assert in_fresh_process(ANSWER, tmp_path) == [
        [{"reason": "looked"}, li], [{}, li], "skipped", "skipped", "skipped"]


CALL = """
import json
import airflow.sdk
from types import SimpleNamespace
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException
context = {{"params": {{"data_date": "2026-11-20"}}, "dag_run": SimpleNamespace(data_interval_start=None)}}
airflow.sdk.get_current_context = lambda: context
bag, said = DagBag(dag_folder={folder!r}), []
for source, task in {tasks}:
    try:
        bag.dags[f"ingest_{{source}}"].get_task(task).python_callable()
    except AirflowFailException as error:
        said.append(str(error))
print(json.dumps(said))
"""


def test_a_connection_that_is_missing_or_wrong_fails_at_once_and_is_the_reason_of_the_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = {"province_check": "submit", "city_check": "fetch", "medical_insurance": "fetch"}
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.delenv("AIRFLOW_CONN_PROVINCE_CHECK", raising=False)
    monkeypatch.setenv("AIRFLOW_CONN_CITY_CHECK", '{"conn_type": "http", "host": "h", "extra": "[1]"}')
    monkeypatch.setenv("AIRFLOW_CONN_MEDICAL_INSURANCE", '{"conn_type": "http", "schema": "http", "host": "h.cn"}')
    said = in_fresh_process(CALL.format(folder=str(PROJECT / "dags"), tasks=list(tasks.items())), tmp_path)
    whats = ("there is no such connection", "extra is not a JSON object", "plain http is refused")
    for source, text, what in zip(tasks, said, whats, strict=True):
        assert f"connection {source}: {what}" in text
        record = source_day.read(Lake(read_settings().lake), source, date(2026, 11, 20))
        assert record is not None
        assert (record["state"], f"SettingsInvalid: {record['reason']}") == ("missing", text)
