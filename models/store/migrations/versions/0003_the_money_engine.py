"""The money engine: all that a plan can say, levels that move, bindings, periods that close, the audit chain

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.store.migrations.append_only import drop_append_only, make_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit",)
_FILLING = (
    """
    UPDATE shop_order SET
      base_minor = coalesce((SELECT sum(base_minor) FROM order_line WHERE order_id = shop_order.id), 0),
      refunded_minor = coalesce((SELECT sum(refunded_minor) FROM order_line WHERE order_id = shop_order.id), 0)
    """,
    """
    UPDATE shop_order SET counts = FALSE
    WHERE id IN (SELECT order_id FROM commission WHERE state = 'void' AND reason = 'self_purchase')
    """,
    """
    INSERT INTO customer (id, merchant_id, customer_hash, first_order_id)
    SELECT id, merchant_id, customer_hash, id FROM (
      SELECT id, merchant_id, customer_hash,
        row_number() OVER (PARTITION BY merchant_id, customer_hash ORDER BY paid_at, order_ref) AS place
      FROM shop_order WHERE customer_hash IS NOT NULL AND paid_at IS NOT NULL
    ) AS bought WHERE place = 1
    """,
    """
    UPDATE distributor SET first_release_at =
      (SELECT min(released_at) FROM commission WHERE distributor_id = distributor.id)
    """,
)


def _fill() -> None:
    """What orders come to, who bought first where, and whose first release is long past."""
    for statement in _FILLING:
        op.get_bind().execute(sa.text(statement))


def _refuse_what_has_no_place() -> None:
    others = (
        op.get_bind().execute(sa.text("SELECT count(*) FROM commission WHERE kind <> 'line'")).scalar_one()
    )
    if others:
        raise RuntimeError(
            f"{others} commissions are team rewards or bonuses; the schema before has no place for them."
        )


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_audit_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("merchant_id", "number", name=op.f("uq_audit_merchant_id_number")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_merchant_id_subject"), ["merchant_id", "subject"], unique=False
        )

    op.create_table(
        "month_of_orders",
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.String(length=16), nullable=False),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchant.id"], name=op.f("fk_month_of_orders_merchant_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", "month", name=op.f("pk_month_of_orders")),
    )
    op.create_table(
        "closing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("length", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_closing_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint(
            "merchant_id", "length", "period", name=op.f("uq_closing_merchant_id_length_period")
        ),
    )
    op.create_table(
        "level_warning",
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_level_warning_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_level_warning_merchant_id")),
        sa.PrimaryKeyConstraint("distributor_id", name=op.f("pk_level_warning")),
    )
    op.create_table(
        "profile_held",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_profile_held_distributor_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_profile_held_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_held")),
    )
    with op.batch_alter_table("profile_held", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_profile_held_distributor_id_since"), ["distributor_id", "since"], unique=False
        )

    op.create_table(
        "day_of_earner",
        sa.Column("distributor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["distributor_id"], ["distributor.id"], name=op.f("fk_day_of_earner_distributor_id")
        ),
        sa.PrimaryKeyConstraint("distributor_id", "day", name=op.f("pk_day_of_earner")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_hash", sa.String(length=32), nullable=False),
        sa.Column("first_order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bound_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bound_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["bound_to"], ["distributor.id"], name=op.f("fk_customer_bound_to")),
        sa.ForeignKeyConstraint(
            ["first_order_id"], ["shop_order.id"], name=op.f("fk_customer_first_order_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_customer_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint(
            "merchant_id", "customer_hash", name=op.f("uq_customer_merchant_id_customer_hash")
        ),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_bound_to"), ["bound_to"], unique=False)

    op.create_table(
        "binding_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("after_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["distributor.id"], name=op.f("fk_binding_change_after_id")),
        sa.ForeignKeyConstraint(["before_id"], ["distributor.id"], name=op.f("fk_binding_change_before_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_binding_change_customer_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_binding_change_merchant_id")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_binding_change_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_change")),
    )
    with op.batch_alter_table("binding_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_binding_change_customer_id"), ["customer_id"], unique=False)

    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("invitee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("period", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("boost", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("cuts", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("profile", sa.String(length=60), nullable=True))
        batch_op.alter_column("order_id", nullable=True)
        batch_op.alter_column("line_id", nullable=True)
        batch_op.create_index(
            "uq_commission_first_order",
            ["order_id", "distributor_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'first_order'"),
            postgresql_where=sa.text("kind = 'first_order'"),
        )
        batch_op.create_index(
            "uq_commission_invite_cashback",
            ["invitee_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'invite_cashback'"),
            postgresql_where=sa.text("kind = 'invite_cashback'"),
        )
        batch_op.create_index(
            "uq_commission_period",
            ["distributor_id", "kind", "period"],
            unique=True,
            sqlite_where=sa.text("kind IN ('ladder', 'team_target') AND order_id IS NULL"),
            postgresql_where=sa.text("kind IN ('ladder', 'team_target') AND order_id IS NULL"),
        )
        batch_op.create_index(
            "uq_commission_period_order",
            ["distributor_id", "kind", "order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'ladder' AND order_id IS NOT NULL"),
            postgresql_where=sa.text("kind = 'ladder' AND order_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_commission_invitee_id"), "distributor", ["invitee_id"], ["id"]
        )

    with op.batch_alter_table("distributor", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_hold", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("first_release_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("level_held", schema=None) as batch_op:
        batch_op.add_column(sa.Column("after_order", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("cause", sa.String(length=32), nullable=False, server_default="given"))
        batch_op.add_column(sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("evidence", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("written_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("base_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("refunded_minor", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("own_buyers", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_merchant_id_at"), ["merchant_id", "at"], unique=False)

    _fill()
    make_append_only(op.get_bind(), APPEND_ONLY)


def downgrade() -> None:
    """Back."""
    _refuse_what_has_no_place()
    drop_append_only(op.get_bind(), APPEND_ONLY)
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_merchant_id_at"))

    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.drop_column("own_buyers")
        batch_op.drop_column("counts")
        batch_op.drop_column("refunded_minor")
        batch_op.drop_column("base_minor")

    with op.batch_alter_table("level_held", schema=None) as batch_op:
        batch_op.drop_column("written_at")
        batch_op.drop_column("evidence")
        batch_op.drop_column("pinned")
        batch_op.drop_column("cause")
        batch_op.drop_column("after_order")

    with op.batch_alter_table("distributor", schema=None) as batch_op:
        batch_op.drop_column("first_release_at")
        batch_op.drop_column("on_hold")

    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_commission_invitee_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_commission_period_order",
            sqlite_where=sa.text("kind = 'ladder' AND order_id IS NOT NULL"),
            postgresql_where=sa.text("kind = 'ladder' AND order_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_commission_period",
            sqlite_where=sa.text("kind IN ('ladder', 'team_target') AND order_id IS NULL"),
            postgresql_where=sa.text("kind IN ('ladder', 'team_target') AND order_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_commission_invite_cashback",
            sqlite_where=sa.text("kind = 'invite_cashback'"),
            postgresql_where=sa.text("kind = 'invite_cashback'"),
        )
        batch_op.drop_index(
            "uq_commission_first_order",
            sqlite_where=sa.text("kind = 'first_order'"),
            postgresql_where=sa.text("kind = 'first_order'"),
        )
        batch_op.alter_column("line_id", nullable=False)
        batch_op.alter_column("order_id", nullable=False)
        batch_op.drop_column("profile")
        batch_op.drop_column("cuts")
        batch_op.drop_column("boost")
        batch_op.drop_column("period")
        batch_op.drop_column("invitee_id")
        batch_op.drop_column("depth")

    with op.batch_alter_table("binding_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_binding_change_customer_id"))

    op.drop_table("binding_change")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_bound_to"))

    op.drop_table("customer")
    op.drop_table("day_of_earner")
    with op.batch_alter_table("profile_held", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_held_distributor_id_since"))

    op.drop_table("profile_held")
    op.drop_table("level_warning")
    op.drop_table("closing")
    op.drop_table("month_of_orders")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_merchant_id_subject"))

    op.drop_table("audit")
