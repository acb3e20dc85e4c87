"""Who looked at whom on the pages; flags found by their subject."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the access log and the index of episodes by subject."""
    op.create_table(
        "access_log",
        sa.Column("entry_id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(256), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("data_date", sa.Date, nullable=False),
        sa.Column("detail", sa.String(512), nullable=False),
    )
    op.create_index("ix_flag_subject", "flag", ["subject_id"])


def downgrade() -> None:
    """Drop what upgrade created."""
    op.drop_index("ix_flag_subject", "flag")
    op.drop_table("access_log")
