"""The register's schema: the same migrations up and down on both kinds of database, and nothing but the models."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from lowincome.register import ledger
from lowincome.register.models import Base
from sqlalchemy import Connection, create_engine, inspect


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_newest_schema_is_that_of_the_models(empty_url: str) -> None:
    ledger.migrate(empty_url)
    with create_engine(empty_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_step_can_be_undone_down_to_nothing_and_done_again(empty_url: str) -> None:
    ledger.migrate(empty_url)
    with create_engine(empty_url).begin() as connection:
        newest = tables(connection)
        left = []
        while MigrationContext.configure(connection).get_current_revision():
            command.downgrade(ledger.migrations(connection), "-1")
            left.append(len(tables(connection)))
        assert tables(connection) == set()
        assert left == sorted(left, reverse=True)
        command.upgrade(ledger.migrations(connection), "head")
        assert tables(connection) == newest == set(Base.metadata.tables)
