"""One writer of the register at a time: what a writer reads before it writes stays true until it has written."""

from sqlalchemy import Connection, text

TURN = 7_022_026
"""Number of PostgreSQL's advisory lock; any number does that no other program uses in the register's database."""
PATIENCE_MS = 60_000
"""How long SQLite waits for another writer before it refuses."""


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction has the turn, and keep it until this one ends. Readers never wait for it.

    Call it first in the transaction: it then sees all that earlier writers committed. Needs no right to any table.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:turn)"), {"turn": TURN})
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
