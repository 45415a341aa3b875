"""Which message of a person's chat shows a withdrawal and follows what becomes of it

Revision 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(
            sa.Column("live_message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("live_subject", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("live_subject")
        batch_op.drop_column("live_message_id")
