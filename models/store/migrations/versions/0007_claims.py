"""Claims about orders, the questions before them, and the pictures beside them

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _refuse_what_was_granted() -> None:
    """Money that claims brought could not be explained any more."""
    granted = (
        op.get_bind().execute(sa.text("SELECT count(*) FROM claim WHERE state = 'granted'")).scalar_one()
    )
    if granted:
        raise RuntimeError(f"{granted} claims were granted; the schema before has no place for them.")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "order_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_order_question_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_order_question_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_question")),
    )
    with op.batch_alter_table("order_question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_question_distributor_id_asked_at"),
            ["distributor_id", "asked_at"],
            unique=False,
        )

    op.create_table(
        "claim",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_ref", sa.String(length=200), nullable=False),
        sa.Column("order_key", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("has_picture", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("proposed_minor", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.String(length=60), nullable=True),
        sa.Column("granted_minor", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_minor IS NOT NULL)", name=op.f("ck_claim_granted_with_amount")
        ),
        sa.CheckConstraint("granted_minor > 0", name=op.f("ck_claim_granted_positive")),
        sa.ForeignKeyConstraint(["distributor_id"], ["distributor.id"], name=op.f("fk_claim_distributor_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_claim_merchant_id")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_claim_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_claim_merchant_id_state"), ["merchant_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_claim_open",
            ["distributor_id", "order_key"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "claim_picture",
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_picture_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claim_picture")),
    )


def downgrade() -> None:
    """Back."""
    _refuse_what_was_granted()
    op.drop_table("claim_picture")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claim_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_claim_merchant_id_state"))

    op.drop_table("claim")
    with op.batch_alter_table("order_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_question_distributor_id_asked_at"))

    op.drop_table("order_question")
