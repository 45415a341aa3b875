"""What a case takes back of a closed period's ladder, and late orders that lie in periods of two lengths

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LATE = "uq_commission_period_order"
_LADDER = sa.text("kind = 'ladder' AND order_id IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.alter_column("refund_id", existing_type=_KEY, nullable=True)
        batch_op.add_column(sa.Column("case_id", _KEY, nullable=True))
        batch_op.add_column(sa.Column("at", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_reversal_case_id"), "review_case", ["case_id"], ["id"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_reversal_commission_id_case_id"), ["commission_id", "case_id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_reversal_of_refund_or_case"), "(refund_id IS NULL) <> (case_id IS NULL)"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_reversal_case_has_time"), "(case_id IS NULL) = (at IS NULL)"
        )
    _name_late_orders_by("distributor_id", "kind", "period", "order_id")


def downgrade() -> None:
    """Back."""
    _refuse_what_has_no_place()
    _name_late_orders_by("distributor_id", "kind", "order_id")
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_reversal_case_has_time"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_reversal_of_refund_or_case"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_reversal_commission_id_case_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_reversal_case_id"), type_="foreignkey")
        batch_op.drop_column("at")
        batch_op.drop_column("case_id")
        batch_op.alter_column("refund_id", existing_type=_KEY, nullable=False)


def _name_late_orders_by(*columns: str) -> None:
    with op.batch_alter_table("commission", schema=None) as batch_op:
        batch_op.drop_index(_LATE, sqlite_where=_LADDER, postgresql_where=_LADDER)
        batch_op.create_index(
            _LATE, list(columns), unique=True, sqlite_where=_LADDER, postgresql_where=_LADDER
        )


def _refuse_what_has_no_place() -> None:
    """Before 0011 no reversal was a case's; going back would have to lose some."""
    kept = op.get_bind().execute(sa.text("SELECT 1 FROM reversal WHERE case_id IS NOT NULL LIMIT 1")).first()
    if kept is not None:
        raise RuntimeError("cases took back of ladders; revision 0010 has no place for that")
