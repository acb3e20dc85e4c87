"""Judgements on identity, their approval and withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "judgement",
        sa.Column("judgement_id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("left_anchor", sa.String(128), nullable=False, index=True),
        sa.Column("right_anchor", sa.String(128), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "judgement_review",
        sa.Column("judgement_id", sa.Integer, sa.ForeignKey("judgement.judgement_id"), primary_key=True),
        sa.Column("action", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("reviewed_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop what upgrade created."""
    for table in ("judgement_review", "judgement"):
        op.drop_table(table)
