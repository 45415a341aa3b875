"""The companion in chat: goods, captions, posters, links and shared cards, and what people choose

Revision 0002, after 0001.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _fill_products() -> None:
    """What products are found by, and since when they are there as far as anybody knows."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE product SET created_at = updated_at"))
    rows = connection.execute(sa.text("SELECT id, title, sku, category FROM product")).all()
    filled = [{"id": row.id, "search": _searchable(row.title, row.sku, row.category)} for row in rows]
    if filled:
        connection.execute(sa.text("UPDATE product SET search = :search WHERE id = :id"), filled)


def _searchable(*parts: str | None) -> str:
    spaced = " ".join(" ".join(part for part in parts if part).split())
    text = unicodedata.normalize("NFKD", spaced).casefold()
    kept = "".join(char for char in text if not unicodedata.category(char).startswith(("M", "C")))
    return " ".join(kept.split())


def _refuse_several_links() -> None:
    several = op.get_bind().execute(sa.text("SELECT count(*) FROM link WHERE slot > 0")).scalar_one()
    if several:
        raise RuntimeError(
            f"{several} links stand beside another one of the same product and channel; the schema before has "
            "no place for them."
        )


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "chat_file",
        sa.Column("bot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "key", name=op.f("pk_chat_file")),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_picture_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("merchant_id", "digest", name=op.f("uq_picture_merchant_id_digest")),
    )
    op.create_table(
        "poster_template",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column("profile", sa.String(length=12), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchant.id"], name=op.f("fk_poster_template_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_template")),
        sa.UniqueConstraint(
            "merchant_id", "family", "profile", name=op.f("uq_poster_template_merchant_id_family_profile")
        ),
    )
    op.create_table(
        "preference",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("muted", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.Column("name_shown", sa.String(length=32), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("poster_family", sa.String(length=40), nullable=False),
        sa.Column("poster_profile", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_search_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search")),
        sa.UniqueConstraint("person_id", "words", name=op.f("uq_search_person_id_words")),
    )
    op.create_table(
        "caption",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tone", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_caption_merchant_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_caption_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caption")),
        sa.UniqueConstraint(
            "product_id", "tone", "language", name=op.f("uq_caption_product_id_tone_language")
        ),
    )
    op.create_table(
        "exposure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_exposure_link_id")),
        sa.ForeignKeyConstraint(["merchant_id"], ["merchant.id"], name=op.f("fk_exposure_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
        sa.UniqueConstraint("key", name=op.f("uq_exposure_key")),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exposure_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exposure_merchant_id_at"), ["merchant_id", "at"], unique=False)

    op.create_table(
        "shared_card",
        sa.Column("inline_message_id", sa.String(length=100), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("has_picture", sa.Boolean(), nullable=False),
        sa.Column("shared_at", sa.BigInteger(), nullable=False),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_shared_card_link_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_shared_card_product_id")),
        sa.PrimaryKeyConstraint("inline_message_id", name=op.f("pk_shared_card")),
    )
    with op.batch_alter_table("shared_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shared_card_product_id"), ["product_id"], unique=False)

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slot", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("name", sa.String(length=60), nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f("uq_link_distributor_id_sku_channel"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_link_distributor_id_sku_channel_slot"),
            ["distributor_id", "sku", "channel", "slot"],
        )

    with op.batch_alter_table("merchant", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("recruits_on_cards", sa.Boolean(), nullable=False, server_default=sa.true())
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("list_price_minor", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("sale_ends_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.String(length=32), nullable=False, server_default="on_sale")
        )
        batch_op.add_column(
            sa.Column("picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("heat", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("search", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("created_at", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.create_index(
            batch_op.f("ix_product_merchant_id_created_at"), ["merchant_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_product_merchant_id_heat"), ["merchant_id", "heat"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_product_merchant_id_title"), ["merchant_id", "title"], unique=False
        )
        batch_op.create_foreign_key(batch_op.f("fk_product_picture_id"), "picture", ["picture_id"], ["id"])
    _fill_products()

    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_order_link_id"), ["link_id"], unique=False)


def downgrade() -> None:
    """Back."""
    _refuse_several_links()
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_order_link_id"))

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_product_picture_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_product_merchant_id_title"))
        batch_op.drop_index(batch_op.f("ix_product_merchant_id_heat"))
        batch_op.drop_index(batch_op.f("ix_product_merchant_id_created_at"))
        batch_op.drop_column("created_at")
        batch_op.drop_column("search")
        batch_op.drop_column("heat")
        batch_op.drop_column("picture_id")
        batch_op.drop_column("state")
        batch_op.drop_column("sale_ends_at")
        batch_op.drop_column("list_price_minor")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("asked_at")
        batch_op.drop_column("asked")

    with op.batch_alter_table("merchant", schema=None) as batch_op:
        batch_op.drop_column("recruits_on_cards")

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_link_distributor_id_sku_channel_slot"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_link_distributor_id_sku_channel"), ["distributor_id", "sku", "channel"]
        )
        batch_op.drop_column("name")
        batch_op.drop_column("slot")

    with op.batch_alter_table("shared_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shared_card_product_id"))

    op.drop_table("shared_card")
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exposure_merchant_id_at"))
        batch_op.drop_index(batch_op.f("ix_exposure_link_id"))

    op.drop_table("exposure")
    op.drop_table("caption")
    op.drop_table("search")
    op.drop_table("preference")
    op.drop_table("poster_template")
    op.drop_table("picture")
    op.drop_table("chat_file")
