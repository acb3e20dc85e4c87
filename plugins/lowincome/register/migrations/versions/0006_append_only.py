"""The database refuses changes of every row but the chain's head."""

from alembic import op
from lowincome.register import append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("register_day", "flag", "flag_event", "disposition", "answer_file", "access_log", "judgement",
          "judgement_review", "audit_entry")


def upgrade() -> None:
    """Protect the tables made so far."""
    append_only.protect(TABLES)


def downgrade() -> None:
    """Drop what upgrade created."""
    append_only.release(TABLES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function refuse_change()")
