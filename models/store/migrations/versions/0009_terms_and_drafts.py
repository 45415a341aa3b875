"""Terms that were read, plans in draft, and how many were told of a version

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.store.migrations.append_only import drop_append_only, make_append_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPEND_ONLY = ("terms_read",)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "plan_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_plan_draft_merchant_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_draft_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draft")),
        sa.UniqueConstraint("merchant_id", "person_id", name=op.f("uq_plan_draft_merchant_id_person_id")),
    )
    op.create_table(
        "terms_read",
        sa.Column("plan_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_terms_read_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_terms_read_merchant_id")),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_terms_read_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("plan_version_id", "distributor_id", name=op.f("pk_terms_read")),
    )
    with op.batch_alter_table("terms_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_read_distributor_id"), ["distributor_id"], unique=False)

    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told", sa.Integer(), server_default="0", nullable=False))
    make_append_only(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Back."""
    drop_append_only(op.get_bind(), APPEND_ONLY)
    with op.batch_alter_table("plan_version", schema=None) as batch_op:
        batch_op.drop_column("told")

    with op.batch_alter_table("terms_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terms_read_distributor_id"))

    op.drop_table("terms_read")
    op.drop_table("plan_draft")
