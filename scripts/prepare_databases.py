"""Make the databases on a PostgreSQL server: Airflow's, and the register with its roles. Safe to run again.

LOWINCOME_ADMIN_URL is a superuser of the server, needed here and nowhere else. Users, passwords and databases are made
as the URLs say that Airflow (AIRFLOW__DATABASE__SQL_ALCHEMY_CONN) and the pipeline (LOWINCOME_REGISTER_URL) will use.
Run it before the first start and before each start of a new version: the pipeline has no right to alter its tables.
"""

import os

from lowincome.register import ledger
from lowincome.settings import INCLUDE
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

OWNER, WRITER = "lowincome_owner", "lowincome_writer"


def prepare_airflow(admin: URL, airflow: URL) -> None:
    """Airflow's database belongs to Airflow's own user, who has no other right on the server."""
    with _engine(admin).connect() as server:
        _make_user(server, airflow)
        _make_database(server, airflow, owner=str(airflow.username))


def prepare_register(admin: URL, register: URL) -> None:
    """Roles, database, tables and rights, in this order; the tables belong to a role that nobody logs in as."""
    with _engine(admin).connect() as server:
        _execute(server, _statements("roles"))
        _make_user(server, register)
        _execute(server, sql.SQL("grant {} to {}").format(sql.Identifier(WRITER), _user(register)))
        _make_database(server, register, owner=OWNER)
    as_owner = admin.set(database=register.database).update_query_dict({"options": f"-c role={OWNER}"})
    ledger.migrate(as_owner.render_as_string(hide_password=False))
    with _engine(as_owner).connect() as database:
        _execute(database, _statements("grants"))


def _engine(url: URL) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT")


def _statements(name: str) -> bytes:
    return (INCLUDE / "sql" / "register" / f"{name}.sql").read_bytes()


def _make_user(server: Connection, url: URL) -> None:
    """The login of a URL, with its password; a changed one is taken over."""
    known = server.execute(text("select 1 from pg_roles where rolname = :name"), {"name": url.username}).scalar()
    _execute(server, sql.SQL("{} role {} login nosuperuser password {}").format(
        sql.SQL("alter" if known else "create"), _user(url), sql.Literal(url.password)))


def _make_database(server: Connection, url: URL, owner: str) -> None:
    query = text("select 1 from pg_database where datname = :name")
    if not server.execute(query, {"name": url.database}).scalar():
        _execute(server, sql.SQL("create database {} owner {}").format(
            sql.Identifier(str(url.database)), sql.Identifier(owner)))


def _user(url: URL) -> sql.Identifier:
    return sql.Identifier(str(url.username))


def _execute(server: Connection, statement: sql.Composed | bytes) -> None:
    """Names and a password cannot be parameters of such statements: psycopg quotes them, and is called itself."""
    driver = server.connection.driver_connection
    assert driver is not None
    driver.execute(statement)


if __name__ == "__main__":
    administrator = make_url(os.environ["LOWINCOME_ADMIN_URL"])
    prepare_airflow(administrator, make_url(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]))
    prepare_register(administrator, make_url(os.environ["LOWINCOME_REGISTER_URL"]))
    print("Airflow's database and the register are ready")
