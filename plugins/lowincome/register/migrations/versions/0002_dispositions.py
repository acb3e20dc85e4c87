"""Dispositions: what caseworkers found, and the files that brought it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "disposition",
        sa.Column("disposition_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("flag_id", sa.String(32), sa.ForeignKey("flag.flag_id"), nullable=False, index=True),
        sa.Column("finding", sa.String(16), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("list_date", sa.Date, nullable=False),
        sa.Column("counts_from", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "answer_file",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("received_at", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("rows", "recorded", "rejected")),
    )


def downgrade() -> None:
    """Drop what upgrade created."""
    for table in ("answer_file", "disposition"):
        op.drop_table(table)
