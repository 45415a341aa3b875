"""Withdrawals: payout accounts, requests with their lives, and batches for the bank

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.store.migrations.append_only import drop_append_only, make_append_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("withdrawal_move",)


def _refuse_what_has_no_place() -> None:
    asked = op.get_bind().execute(sa.text("SELECT count(*) FROM withdrawal")).scalar_one()
    if asked:
        raise RuntimeError(f"There are {asked} withdrawals; the schema before has no place for them.")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "payout_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("withdrawals", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_payout_batch_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batch")),
        sa.UniqueConstraint("merchant_id", "number", name=op.f("uq_payout_batch_merchant_id_number")),
    )
    op.create_table(
        "payout_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("masked", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_payout_account_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_payout_account_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_account")),
    )
    with op.batch_alter_table("payout_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payout_account_merchant_id_fingerprint"),
            ["merchant_id", "fingerprint"],
            unique=False,
        )
        batch_op.create_index(
            "uq_payout_account_current",
            ["distributor_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "withdrawal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_kind", sa.String(length=32), nullable=False),
        sa.Column("account_masked", sa.String(length=200), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("seconded_by", sa.String(length=60), nullable=True),
        sa.Column("seconded_at", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("answer_due_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("provider_reference", sa.String(length=100), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "amount_minor > fee_minor AND fee_minor >= 0", name=op.f("ck_withdrawal_something_arrives")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["payout_account.id"], name=op.f("fk_withdrawal_account_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["payout_batch.id"], name=op.f("fk_withdrawal_batch_id")),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_withdrawal_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_withdrawal_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("distributor_id", "nonce", name=op.f("uq_withdrawal_distributor_id_nonce")),
        sa.UniqueConstraint("merchant_id", "reference", name=op.f("uq_withdrawal_merchant_id_reference")),
    )
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_withdrawal_merchant_id_distributor_id"),
            ["merchant_id", "distributor_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_withdrawal_open",
            ["merchant_id", "state"],
            unique=False,
            sqlite_where=sa.text("state IN ('requested', 'approved', 'paying', 'unknown')"),
            postgresql_where=sa.text("state IN ('requested', 'approved', 'paying', 'unknown')"),
        )

    op.create_table(
        "withdrawal_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("withdrawal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_withdrawal_move_withdrawal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_move")),
    )
    with op.batch_alter_table("withdrawal_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_withdrawal_move_withdrawal_id"), ["withdrawal_id"], unique=False)

    make_append_only(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Back."""
    _refuse_what_has_no_place()
    drop_append_only(op.get_bind(), APPEND_ONLY)
    with op.batch_alter_table("withdrawal_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_withdrawal_move_withdrawal_id"))

    op.drop_table("withdrawal_move")
    with op.batch_alter_table("withdrawal", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_withdrawal_open",
            sqlite_where=sa.text("state IN ('requested', 'approved', 'paying', 'unknown')"),
            postgresql_where=sa.text("state IN ('requested', 'approved', 'paying', 'unknown')"),
        )
        batch_op.drop_index(batch_op.f("ix_withdrawal_merchant_id_distributor_id"))

    op.drop_table("withdrawal")
    with op.batch_alter_table("payout_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_account_current",
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_payout_account_merchant_id_fingerprint"))

    op.drop_table("payout_account")
    op.drop_table("payout_batch")
