"""What settlement released each day, and commissions under review found by an index

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_REVIEWED = sa.text("state = 'review'")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "settled_day",
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("commissions", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_settled_day_merchant_id")),
        sa.PrimaryKeyConstraint("merchant_id", "day", name=op.f("pk_settled_day")),
    )
    op.create_index(
        "ix_commission_review",
        "commission",
        ["merchant_id", "id"],
        sqlite_where=_REVIEWED,
        postgresql_where=_REVIEWED,
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_commission_review", table_name="commission")
    op.drop_table("settled_day")
