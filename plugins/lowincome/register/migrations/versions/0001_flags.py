"""Flags, their events and the days of the register."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "register_day",
        sa.Column("data_date", sa.Date, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False),
        *(sa.Column(f"flags_{state}", sa.Integer, nullable=False) for state in ("new", "open", "held", "closed")),
    )
    op.create_table(
        "flag",
        sa.Column("flag_id", sa.String(32), primary_key=True),
        sa.Column("rule_id", sa.String(8), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
        sa.UniqueConstraint("rule_id", "subject_id", "first_seen"),
    )
    op.create_table(
        "flag_event",
        sa.Column("flag_id", sa.String(32), sa.ForeignKey("flag.flag_id"), primary_key=True),
        sa.Column("data_date", sa.Date, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("certainty", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64)),
        sa.Column("household_id", sa.String(32)),
        sa.Column("person_id", sa.String(32)),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("direction", sa.String(1), nullable=False),
        sa.Column("district", sa.String(6)),
    )
    op.create_index("ix_flag_event_day", "flag_event", ["data_date", "revision"])


def downgrade() -> None:
    """Drop what upgrade created."""
    for table in ("flag_event", "flag", "register_day"):
        op.drop_table(table)
