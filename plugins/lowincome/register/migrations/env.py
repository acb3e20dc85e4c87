"""Alembic's entry: the connection is handed in by `ledger.migrate`, never read from a file."""

from alembic import context
from lowincome.register.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
