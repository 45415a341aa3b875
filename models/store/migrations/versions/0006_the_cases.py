"""Cases of what may be cheating: their evidence, states and what decisions moved; thresholds of merchants

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "case_thresholds",
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchant.id"], name=op.f("fk_case_thresholds_merchant_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_case_thresholds")),
    )
    op.create_table(
        "review_case",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expected_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("resolver", sa.String(length=60), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_review_case_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_review_case_merchant_id")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_review_case_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_case")),
    )
    with op.batch_alter_table("review_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_case_distributor_id"), ["distributor_id"], unique=False)
        batch_op.create_index(
            "ix_review_case_waiting",
            ["merchant_id", "state"],
            unique=False,
            sqlite_where=sa.text("state IN ('watch', 'hold', 'suspended')"),
            postgresql_where=sa.text("state IN ('watch', 'hold', 'suspended')"),
        )
        batch_op.create_index(
            "uq_review_case_open",
            ["distributor_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'signals' AND state IN ('watch', 'hold', 'suspended')"),
            postgresql_where=sa.text("kind = 'signals' AND state IN ('watch', 'hold', 'suspended')"),
        )
        batch_op.create_index(
            "uq_review_case_order",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("order_id IS NOT NULL"),
            postgresql_where=sa.text("order_id IS NOT NULL"),
        )

    op.create_table(
        "case_mark",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("commission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("release_at", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["review_case.id"], name=op.f("fk_case_mark_case_id")),
        sa.ForeignKeyConstraint(
            ["commission_id"], ["commission.id"], name=op.f("fk_case_mark_commission_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "turn", "commission_id", name=op.f("pk_case_mark")),
    )
    with op.batch_alter_table("case_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_mark_commission_id"), ["commission_id"], unique=False)

    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shop_order_ip_hash"),
            ["ip_hash"],
            unique=False,
            sqlite_where=sa.text("ip_hash IS NOT NULL"),
            postgresql_where=sa.text("ip_hash IS NOT NULL"),
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_shop_order_ip_hash"),
            sqlite_where=sa.text("ip_hash IS NOT NULL"),
            postgresql_where=sa.text("ip_hash IS NOT NULL"),
        )

    with op.batch_alter_table("case_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_mark_commission_id"))

    op.drop_table("case_mark")
    with op.batch_alter_table("review_case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_case_order",
            sqlite_where=sa.text("order_id IS NOT NULL"),
            postgresql_where=sa.text("order_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_review_case_open",
            sqlite_where=sa.text("kind = 'signals' AND state IN ('watch', 'hold', 'suspended')"),
            postgresql_where=sa.text("kind = 'signals' AND state IN ('watch', 'hold', 'suspended')"),
        )
        batch_op.drop_index(
            "ix_review_case_waiting",
            sqlite_where=sa.text("state IN ('watch', 'hold', 'suspended')"),
            postgresql_where=sa.text("state IN ('watch', 'hold', 'suspended')"),
        )
        batch_op.drop_index(batch_op.f("ix_review_case_distributor_id"))

    op.drop_table("review_case")
    op.drop_table("case_thresholds")
