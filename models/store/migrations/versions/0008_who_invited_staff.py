"""Invitations of staff know who made them and can be taken back

Revision 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("staff_invitation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("invited_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("revoked_at", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_staff_invitation_merchant_id"), ["merchant_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_staff_invitation_invited_by"), "person", ["invited_by"], ["id"]
        )


def downgrade() -> None:
    """Back; an invitation that was taken back counts as used, so that it opens nothing."""
    op.execute("UPDATE staff_invitation SET used_at = revoked_at WHERE revoked_at IS NOT NULL")
    with op.batch_alter_table("staff_invitation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_staff_invitation_invited_by"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_staff_invitation_merchant_id"))
        batch_op.drop_column("revoked_at")
        batch_op.drop_column("invited_by")
