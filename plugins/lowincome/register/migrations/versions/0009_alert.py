"""Causes of trouble, from opening to closing, and what engineers were told of them."""

import sqlalchemy as sa
from alembic import op
from lowincome.register.append_only import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables; their rows can only be added."""
    op.create_table(
        "alert",
        sa.Column("alert_no", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
    )
    op.create_index("ix_alert_kind", "alert", ["kind"])
    op.create_table(
        "alert_told",
        sa.Column("alert_no", sa.Integer, sa.ForeignKey("alert.alert_no"), primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    protect(["alert", "alert_told"])


def downgrade() -> None:
    """Drop what upgrade created."""
    op.drop_table("alert_told")
    op.drop_table("alert")
