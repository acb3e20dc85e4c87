"""Whom an answer was about, where merges made several ids one."""

import sqlalchemy as sa
from alembic import op
from lowincome.register.append_only import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; its rows can only be added."""
    op.create_table(
        "answered_subject",
        sa.Column("disposition_id", sa.Integer, sa.ForeignKey("disposition.disposition_id"), primary_key=True),
        sa.Column("subject_id", sa.String(32), primary_key=True),
    )
    protect(["answered_subject"])


def downgrade() -> None:
    """Drop what upgrade created."""
    op.drop_table("answered_subject")
