"""The roster: four tables of one moment, types kept, nothing written."""

import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome.errors import ContractBroken, SettingsInvalid, SourceUnavailable
from lowincome.sources import database
from lowincome.sources.connection import Connection, from_environment

from tests.sources.stub import Page, land, manifest

PAGE = Page("assistance_roster", "database", {"tables": [
    {"part": "assist_member", "table": "assist_member"}, {"part": "assist_payment", "table": "assist_payment"}]})
DDL = """
create table assist_member (household_no varchar(20), member_no integer, birth_date date,
    single_person_dibao boolean, updated_at timestamp, primary key (household_no, member_no));
create table assist_payment (household_no varchar(20), month char(6), amount numeric(12,2), paid_on date);
insert into assist_member values ('H1', 1, '1960-01-02', 1, '2026-11-21 10:00:00'), ('H1', 2, null, null, null);
"""


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "roster.db"
    with sqlite3.connect(path) as opened:
        opened.executescript(DDL)
        opened.executemany("insert into assist_payment values (?, '202611', ?, '2026-11-10')",
                           [(f"H{n}", f"{n}.{n % 100:02d}") for n in range(2500)])
    return path


def to(path: Path, **extra: Any) -> Connection:
    return Connection("assistance_roster", "generic", extra={"sqlalchemy_url": f"sqlite:///{path}", **extra})


def read(folder: Path, part: str) -> pa.Table:
    return pq.read_table(folder / "0001" / f"{part}.parquet")


def test_every_table_is_a_parquet_file_with_the_databases_own_types(roster: Path, tmp_path: Path) -> None:
    reference = land(PAGE, to(roster), tmp_path / "l", since=date(2026, 11, 21))
    members = read(tmp_path / "l", "assist_member")
    assert members.to_pylist() == [
        {"household_no": "H1", "member_no": 1, "birth_date": date(1960, 1, 2), "single_person_dibao": True,
         "updated_at": datetime(2026, 11, 21, 10)},
        {"household_no": "H1", "member_no": 2, "birth_date": None, "single_person_dibao": None, "updated_at": None}]
    assert (reference.mode, reference.rows) == ("full", 2502)
    assert manifest(tmp_path / "l")["totals"] == {"assist_member": 2, "assist_payment": 2500}


def test_money_is_decimal_and_exact_over_several_chunks(roster: Path, tmp_path: Path) -> None:
    land(PAGE, to(roster, page_size=400), tmp_path / "l")
    table = read(tmp_path / "l", "assist_payment")
    assert table.schema.field("amount").type == pa.decimal128(12, 2)
    assert table.column("amount").to_pylist() == [Decimal(f"{n}.{n % 100:02d}") for n in range(2500)]
    assert pq.ParquetFile(tmp_path / "l" / "0001" / "assist_payment.parquet").num_row_groups == 7


def test_an_empty_table_is_an_empty_file_with_its_columns(roster: Path, tmp_path: Path) -> None:
    with sqlite3.connect(roster) as opened:
        opened.execute("delete from assist_payment")
    land(PAGE, to(roster), tmp_path / "l")
    assert (read(tmp_path / "l", "assist_payment").num_rows, manifest(tmp_path / "l")["totals"]["assist_payment"]) == (
        0, 0)


def test_all_tables_are_of_one_moment(roster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(roster) as opened:
        opened.execute("pragma journal_mode = wal")
    land_table = database._land_table

    def land_then_change(job: Any, transaction: Any, table: str, part: str) -> int:
        rows = land_table(job, transaction, table, part)
        with sqlite3.connect(roster) as other:
            other.execute("delete from assist_payment")
        return rows

    monkeypatch.setattr(database, "_land_table", land_then_change)
    assert land(PAGE, to(roster), tmp_path / "l").rows == 2502


def test_nothing_can_be_written(roster: Path) -> None:
    url = database.database_url(to(roster))
    with (database._transaction(to(roster), url) as transaction,
          pytest.raises(Exception, match="readonly")):
        transaction.exec_driver_sql("delete from assist_payment")


def test_a_missing_table_is_told_by_name(roster: Path, tmp_path: Path) -> None:
    page = Page("assistance_roster", "database", {"tables": [{"part": "x", "table": "disability_subsidy"}]})
    with pytest.raises(ContractBroken, match=r"assistance_roster.*no table disability_subsidy"):
        land(page, to(roster), tmp_path / "l")


@pytest.mark.parametrize("statement", [
    "insert into assist_member values ('H2', 3, '1960年秘密', 1, null)",
    "insert into assist_member values ('H2', '秘密', null, 1, null)",
    "insert into assist_payment values ('H2', '202611', '秘密', null)",
    "insert into assist_payment values ('H2', '202611', 1.987, null)",
])
def test_a_value_of_another_type_refuses_the_landing_and_is_not_shown(
    statement: str, roster: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(roster) as opened:
        opened.execute(statement)
    with pytest.raises(ContractBroken, match=r"not of its column's type") as caught:
        land(PAGE, to(roster), tmp_path / "l")
    assert "秘密" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert not (tmp_path / "l" / "0001").exists()


def test_a_database_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="not there"):
        land(PAGE, to(tmp_path / "none.db"), tmp_path / "l")
    assert not (tmp_path / "none.db").exists()


def test_a_server_that_does_not_answer_is_waited_for_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://reader:hush-hush@127.0.0.1:1/roster?connect_timeout=1"
    connection = Connection("assistance_roster", "generic", extra={"sqlalchemy_url": url})
    with pytest.raises(SourceUnavailable, match="assistance_roster: gave up") as caught:
        land(PAGE, connection, tmp_path / "l")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("text", "url"), [
    ("postgres://u:p%40@db.cn:5433/roster", "postgresql+psycopg://u:p%40@db.cn:5433/roster"),
    ('{"conn_type": "postgres", "host": "db.cn", "login": "u", "password": "p@", "schema": "roster"}',
     "postgresql+psycopg://u:p%40@db.cn/roster"),
    ("postgres://u:p@db.cn/roster?sslmode=require&page_size=500",
     "postgresql+psycopg://u:p@db.cn/roster?sslmode=require"),
    ("postgresql://u@/roster?host=%2Frun%2Fpostgresql", "postgresql+psycopg://u@/roster?host=%2Frun%2Fpostgresql"),
    ("sqlite:////var/Roster.db", "sqlite:////var/Roster.db"),
    ("sqlite://%2Fvar%2FRoster.db", "sqlite:////var/Roster.db"),
    ('{"conn_type": "generic", "extra": "{\\"sqlalchemy_url\\": \\"postgresql+psycopg://h/d\\"}"}',
     "postgresql+psycopg://h/d"),
    ('{"conn_type": "generic", "extra": {"sqlalchemy_url": "postgresql+psycopg2://u:p%40@h/d?sslmode=require"}}',
     "postgresql+psycopg://u:p%40@h/d?sslmode=require"),
    ('{"conn_type": "generic", "extra": {"sqlalchemy_url": "postgresql+asyncpg://h/d"}}', "postgresql+psycopg://h/d"),
    ('{"conn_type": "generic", "extra": {"sqlalchemy_url": "mysql+pymysql://h/d"}}', "mysql+pymysql://h/d"),
])
def test_the_url_is_extras_else_the_connections_own(text: str, url: str) -> None:
    connection = from_environment("assistance_roster", {"AIRFLOW_CONN_ASSISTANCE_ROSTER": text})
    assert database.database_url(connection).render_as_string(hide_password=False) == url


@pytest.mark.parametrize("url", ["hush", "nosuchdriver://u:hush@h/d"])
def test_a_url_that_cannot_be_used_is_not_shown(url: str, tmp_path: Path) -> None:
    connection = Connection("assistance_roster", "generic", extra={"sqlalchemy_url": url})
    with pytest.raises(SettingsInvalid) as caught:
        land(PAGE, connection, tmp_path / "l")
    assert "hush" not in str(caught.value)
