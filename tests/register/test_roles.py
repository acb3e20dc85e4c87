"""Who may do what to the register on PostgreSQL: the pipeline adds and reads, an auditor reads, neither alters."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from lowincome import chain_verbs
from lowincome.register import access, chain, dispositions, judgements, ledger
from lowincome.register.dispositions import Answer
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ProgrammingError

from scripts.prepare_databases import prepare_airflow, prepare_register
from tests.register.test_append_only import APPEND_ONLY
from tests.register.test_dispositions import outcomes

DAY, NOW = date(2026, 11, 20), datetime(2026, 11, 21, 9)
LOOK = {"user_name": "zhang", "action": "card", "subject": "I1", "reason": "visit", "data_date": DAY, "detail": ""}
REMARKS = ("select remark from disposition", "select reason from judgement", "select reason from judgement_review")


@pytest.fixture(scope="module")
def admin(new_database: Callable[[], str]) -> URL:
    return make_url(new_database())


@pytest.fixture(scope="module")
def register(admin: URL) -> URL:
    """The pipeline's URL after the script ran twice: the second time it only takes over the new password."""
    url = admin.set(username="pipeline", password="first", database="register_of_roles")
    prepare_register(admin, url)
    prepare_register(admin, url.set(password="it's another"))
    return url.set(password="it's another")


@pytest.fixture
def pipeline(register: URL) -> Iterator[Engine]:
    engine = create_engine(register)
    yield engine
    engine.dispose()


@pytest.fixture
def auditor(admin: URL, register: URL) -> Iterator[Engine]:
    """A session with the auditor's rights and no others."""
    engine = create_engine(admin.set(database=register.database).update_query_dict(
        {"options": "-c role=lowincome_auditor"}))
    yield engine
    engine.dispose()


def refused(engine: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_the_pipeline_can_do_all_its_work_with_its_own_rights(
    register: URL, pipeline: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = register.render_as_string(hide_password=False)
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_REGISTER_URL", url)
    ledger.migrate(url)
    flags = ledger.apply(url, DAY, "run-1", outcomes("certain")).column("flag_id").to_pylist()
    dispositions.record(url, [Answer(flags[0], "confirmed", DAY, "看过", "office", NOW, "page", DAY)])
    dispositions.remember_file(url, "0" * 64, NOW, {"rows": 1, "recorded": 1, "rejected": 0})
    judgements.approve(url, judgements.propose(url, ("a", "b"), "SAME", "li", "one ID", NOW), "wang", "seen", NOW)
    access.append(pipeline, NOW, LOOK)
    chain.use(pipeline, "sm3")
    assert chain_verbs.anchor_chain()["entry_no"] == 6
    assert chain.faults(pipeline) == []


def test_the_pipeline_changes_removes_and_alters_nothing(pipeline: Engine) -> None:
    for table in APPEND_ONLY:
        for harm in (f"delete from {table.name}", f"truncate {table.name}", f"drop table {table.name} cascade",
                     f"alter table {table.name} disable trigger append_only",
                     f"update {table.name} set {table.columns.keys()[-1]} = null"):
            refused(pipeline, harm)
    for harm in ("delete from audit_head", "insert into audit_head values (2, 0, '', 'sha256')",
                 "update audit_head set head_no = 2", "create table another (n int)", "drop function refuse_change()",
                 "set session_replication_role = replica", "set role lowincome_owner"):
        refused(pipeline, harm)


def test_an_auditor_reads_everything_but_what_was_written_about_families(auditor: Engine) -> None:
    for table in APPEND_ONLY:
        column = table.columns.keys()[0]
        with auditor.connect() as connection:
            connection.exec_driver_sql(f"select {column} from {table.name}").all()
        refused(auditor, f"insert into {table.name} select * from {table.name}")
        refused(auditor, f"update {table.name} set {column} = {column}")
    for query in REMARKS:
        refused(auditor, query)


def test_airflow_owns_its_database_and_reads_nothing_of_the_register(admin: URL, register: URL) -> None:
    airflow = admin.set(username="airflow", password="of airflow", database="airflow")
    prepare_airflow(admin, airflow)
    own, other = create_engine(airflow), create_engine(airflow.set(database=register.database))
    with own.begin() as connection:
        connection.exec_driver_sql("create table dag (n int)")
    refused(other, "select * from flag")
    own.dispose()
    other.dispose()
