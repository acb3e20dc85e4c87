"""The audit chain, its head, and the digest of a day's transitions."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the chain, empty, and its head. Days entered before have no digest of their transitions."""
    op.create_table(
        "audit_entry",
        sa.Column("entry_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("row_key", sa.String(160), nullable=False),
        sa.Column("algorithm", sa.String(8), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_entry_row", "audit_entry", ["kind", "row_key"])
    head = op.create_table(
        "audit_head",
        sa.Column("head_no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_no", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("algorithm", sa.String(8), nullable=False),
    )
    op.bulk_insert(head, [{"head_no": 1, "entry_no": 0, "hash": "", "algorithm": "sha256"}])
    with op.batch_alter_table("register_day") as table:
        table.add_column(sa.Column("events_sha256", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop what upgrade created."""
    with op.batch_alter_table("register_day") as table:
        table.drop_column("events_sha256")
    op.drop_index("ix_audit_entry_row", "audit_entry")
    for table_name in ("audit_head", "audit_entry"):
        op.drop_table(table_name)
