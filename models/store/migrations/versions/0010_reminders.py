"""When sponsors last reminded their members, so that each is asked after once in seven days

Revision 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "reminder",
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sponsor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reminded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_reminder_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_reminder_merchant_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["distributor.id"], name=op.f("fk_reminder_sponsor_id")),
        sa.PrimaryKeyConstraint("distributor_id", name=op.f("pk_reminder")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("reminder")
