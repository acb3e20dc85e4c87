"""The database itself refuses to change or remove what the register holds, and lets everything be added."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from lowincome.register import ledger
from lowincome.register.append_only import REFUSAL
from lowincome.register.models import AuditHead, Base
from sqlalchemy import Engine, Table, create_engine, insert, select
from sqlalchemy.exc import DBAPIError

APPEND_ONLY = [table for table in Base.metadata.sorted_tables if table.name != AuditHead.__tablename__]
SAMPLE = {str: "x", int: 1, date: date(2026, 11, 20), datetime: datetime(2026, 11, 20, 9)}


@pytest.fixture
def filled(empty_url: str) -> Iterator[Engine]:
    """A register with one row in each table: adding is refused nowhere."""
    ledger.migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        for table in APPEND_ONLY:
            connection.execute(insert(table), [{column.name: SAMPLE[column.type.python_type] for column in table.c}])
    yield engine
    engine.dispose()


def changes(table: Table, dialect: str) -> Iterator[str]:
    """Every statement that would change or remove rows of a table; SQLite has no TRUNCATE."""
    column = table.columns.keys()[-1]
    yield f"update {table.name} set {column} = {column}"
    yield f"delete from {table.name}"
    if dialect == "postgresql":
        yield f"update {table.name} set {column} = {column} where false"
        yield f"truncate {table.name} cascade"


def test_no_row_of_any_table_can_be_changed_or_removed(filled: Engine) -> None:
    for table in APPEND_ONLY:
        for change in changes(table, filled.dialect.name):
            with pytest.raises(DBAPIError, match=REFUSAL), filled.begin() as connection:
                connection.exec_driver_sql(change)
        with filled.connect() as connection:
            assert len(connection.execute(select(table)).all()) == 1


def test_the_head_of_the_chain_moves_on(filled: Engine) -> None:
    with filled.begin() as connection:
        assert connection.exec_driver_sql("update audit_head set entry_no = entry_no + 1").rowcount == 1
