"""The roster on a real server: the same rows as from SQLite, one moment of it, and no writer kept waiting."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome.sources import database
from lowincome.sources.connection import Connection
from sqlalchemy import Engine, create_engine, text

from sandbox.roster import HOUSEHOLD, MEMBER, METADATA, PAYMENT, SUBSIDY
from tests.sources.stub import Page, land

TABLES = (HOUSEHOLD, MEMBER, PAYMENT, SUBSIDY)
PAGE = Page("assistance_roster", "database", {
    "tables": [{"part": table.name, "table": table.name} for table in TABLES]})
AT = datetime(2026, 11, 21, 10, 0, 0, 123456)
CHANGES = (
    "update assist_payment set amount = 0", "delete from disability_subsidy",
    "insert into assist_payment values ('H9999', '202611', 1.00, '2026-11-11')", "delete from assist_member",
)


def fill(url: str) -> None:
    """One household with two members, a subsidy and 2,500 payments; nulls wherever a column allows them."""
    engine = create_engine(url)
    with engine.begin() as connection:
        METADATA.create_all(connection)
        connection.execute(HOUSEHOLD.insert(), [
            {"household_no": "H1", "programme": "DB", "area_code": "370102001001", "approved_on": date(2020, 2, 29),
             "status": "ACTIVE", "monthly_amount": Decimal("9999999999.99"), "updated_at": AT}])
        connection.execute(MEMBER.insert(), [
            {"household_no": "H1", "member_no": number, "name": "王秀英", "birth_date": birth,
             "single_person_dibao": single, "updated_at": AT}
            for number, birth, single in ((1, date(1960, 1, 2), True), (2, None, None), (3, None, False))])
        connection.execute(PAYMENT.insert(), [
            {"household_no": f"H{n:04d}", "month": "202611", "amount": Decimal(f"{n}.{n % 100:02d}"),
             "paid_on": date(2026, 11, 10)} for n in range(2500)])
        connection.execute(SUBSIDY.insert(), [
            {"subsidy_no": "S1", "kind": "LIVING", "monthly_amount": None, "status": "ACTIVE", "start_month": "202001",
             "updated_at": AT}])
    engine.dispose()


def to(url: str) -> Connection:
    return Connection("assistance_roster", "generic", extra={"sqlalchemy_url": url, "page_size": 400})


def rows(folder: Path) -> dict[str, pa.Table]:
    """What was landed, by table, in the order of its first column."""
    files = {path.stem: pq.read_table(path) for path in (folder / "0001").glob("*.parquet")}
    return {name: table.sort_by([(column, "ascending") for column in table.column_names[:2]])
            for name, table in files.items()}


@pytest.fixture
def server(new_database: Callable[[], str]) -> str:
    url = new_database()
    fill(url)
    return url


@pytest.fixture
def writer(server: str) -> Iterator[Engine]:
    """Somebody at work in the roster, who gives up rather than wait."""
    engine = create_engine(server, connect_args={"options": "-c lock_timeout=1s"})
    yield engine
    engine.dispose()


def test_the_server_and_the_file_give_equal_rows_of_equal_types(server: str, tmp_path: Path) -> None:
    fill(f"sqlite:///{tmp_path / 'roster.db'}")
    land(PAGE, to(server), tmp_path / "server")
    land(PAGE, to(f"sqlite:///{tmp_path / 'roster.db'}"), tmp_path / "file")
    assert rows(tmp_path / "server") == rows(tmp_path / "file")
    payments = rows(tmp_path / "server")["assist_payment"]
    assert payments.schema.field("amount").type == pa.decimal128(12, 2)
    assert pq.ParquetFile(tmp_path / "server" / "0001" / "assist_payment.parquet").num_row_groups == 7


def test_a_writer_between_two_chunks_neither_waits_nor_is_seen(
    server: str, writer: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(PAGE, to(server), tmp_path / "before")
    batch, written = database._batch, []

    def batch_then_change(*given: Any) -> pa.RecordBatch:
        if not written and given[1] == "assist_payment":
            with writer.begin() as connection:
                written.extend(connection.execute(text(change)).rowcount for change in CHANGES)
        return batch(*given)

    monkeypatch.setattr(database, "_batch", batch_then_change)
    land(PAGE, to(server), tmp_path / "during")
    assert written == [2500, 1, 1, 3]
    assert rows(tmp_path / "during") == rows(tmp_path / "before")
    land(PAGE, to(server), tmp_path / "after")
    assert rows(tmp_path / "after")["assist_payment"].num_rows == 2501


def test_nothing_can_be_written_to_the_server(server: str) -> None:
    url = database.database_url(to(server))
    with (database._transaction(to(server), url) as transaction,
          pytest.raises(Exception, match="read-only transaction")):
        transaction.exec_driver_sql("delete from assist_payment")
