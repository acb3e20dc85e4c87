"""Tables whose rows can only be added: the database itself refuses every UPDATE, DELETE and TRUNCATE of them.

For migrations: the one that creates a table of the register protects it, and one that makes a table anew on SQLite
(Alembic's batch mode copies it, and loses its triggers) protects it again. On PostgreSQL only a superuser can go
around it, in a session of his own (`set session_replication_role = replica`); on SQLite whoever may write the file.
"""

from collections.abc import Sequence

from alembic import op

REFUSAL = "the register is append-only"
CHANGES = ("update", "delete")


def protect(tables: Sequence[str]) -> None:
    """Refuse changes of these tables from now on."""
    if op.get_bind().dialect.name == "postgresql":
        _make_function()
    for table in tables:
        _protect(table)


def release(tables: Sequence[str]) -> None:
    """Allow changes again: only for undoing a migration."""
    for table in tables:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"drop trigger append_only on {table}")
            continue
        for change in CHANGES:
            op.execute(f"drop trigger append_only_{table}_{change}")


def _make_function() -> None:
    op.execute(
        "create or replace function refuse_change() returns trigger language plpgsql as $$ begin "
        f"raise exception '{REFUSAL}: % of % is refused', tg_op, tg_table_name "
        "using errcode = 'restrict_violation'; end $$")


def _protect(table: str) -> None:
    """By statement on PostgreSQL, so that one that meets no row is refused too; SQLite knows triggers by row only."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"create trigger append_only before update or delete or truncate on {table} "
                   "for each statement execute function refuse_change()")
        return
    for change in CHANGES:
        op.execute(f"create trigger append_only_{table}_{change} before {change} on {table} "
                   f"begin select raise(abort, '{REFUSAL}: {change} of {table} is refused'); end")
