"""Looks are found by whom they were at, exports by day: lineage asks for a year of them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both indices."""
    op.create_index("ix_access_log_subject", "access_log", ["subject"])
    op.create_index("ix_access_log_action", "access_log", ["action", "data_date"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_access_log_action", "access_log")
    op.drop_index("ix_access_log_subject", "access_log")
