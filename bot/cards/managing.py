"""The shop's people at work in chat: the shop, its goods, and its poster templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.findings import refusal_words
from bot.cards.words import NAME_COLUMNS, ROLES_HELD, back_button, home_button, shop_name, title
from bot.media.errors import TemplateInvalidError
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.catalog.products import Product
from models.catalog.templates import PosterTemplate
from models.people.staff import Role

_LABEL_COLUMNS = 22


@dataclass(frozen=True, slots=True)
class ShopDesk:
    """A shop as one of its people sees it: `opens` are the taps (`noun:verb`) that their role may do."""

    shop: str
    role: Role
    opens: frozenset[str]
    products: int
    templates: int
    recruits: bool
    waiting: int = 0
    """How much waits in the inbox for this person."""
    shops: int = 1
    """How many shops their person works for."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A shop that a person works for."""

    public_id: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of goods, hidden ones too; `words` are what was looked for."""

    currency: str
    products: tuple[Product, ...]
    total: int
    next_after: str | None
    is_first: bool
    words: str = ""


INBOX = "inbox:open"
_DESK: tuple[tuple[tuple[str, Phrase], ...], ...] = (
    ((INBOX, Phrase("📥 Inbox")),),
    (("settlement:open", Phrase("💰 Money")), ("plan:desk", Phrase("📐 Plan"))),
    (("distributor:find", Phrase("👤 Distributors")), ("staff:list", Phrase("👥 Staff"))),
    (("manage:goods", Phrase("📦 Goods")), ("manage:add", Phrase("➕ Add a product"))),
    (("manage:find", Phrase("🔍 Find a product")), ("manage:looks", Phrase("🎨 Templates"))),
    (("audit:open", Phrase("📜 Done by hand")),),
)
"""The desk's buttons, row by row; each stands there for whoever may do it."""


def shop_desk_card(facts: ShopDesk, voice: Voice) -> Card:
    """Where the shop's people begin."""
    lines = [
        voice.say("🏪 <b>{shop}</b>", shop=shop_name(facts.shop, voice)),
        voice.plural("{n} product in the catalogue", "{n} products in the catalogue", facts.products),
        voice.plural("{n} poster template of your own", "{n} poster templates of your own", facts.templates),
        voice.say("You are {role} here.", role=voice.phrase(ROLES_HELD[facts.role])),
    ]
    if facts.waiting:
        lines.insert(
            1,
            voice.plural(
                "📥 <b>{n} thing waits for a decision.</b>",
                "📥 <b>{n} things wait for a decision.</b>",
                facts.waiting,
            ),
        )
    rows: list[Row] = []
    for row in _DESK:
        buttons = [
            Tap(_desk_label(data, label, facts, voice), data) for data, label in row if data in facts.opens
        ]
        rows += [tuple(buttons)] if buttons else []
    if "manage:switch" in facts.opens:
        recruits = (
            voice.plain("✅ Shared cards invite others to promote")
            if facts.recruits
            else voice.plain("☐ Shared cards invite others to promote")
        )
        rows.append((Tap(recruits, f"manage:switch:{'off' if facts.recruits else 'on'}"),))
    if facts.shops > 1:
        rows.append((Tap(voice.plain("🔀 Other shop"), "manage:shops"),))
    return Card(Markup("\n").join(lines), (*rows, (home_button(voice),)))


def _desk_label(data: str, label: Phrase, facts: ShopDesk, voice: Voice) -> str:
    words = voice.phrase(label)
    return f"{words} ({facts.waiting})" if data == INBOX and facts.waiting else words


def workplaces_card(shops: Sequence[Workplace], voice: Voice) -> Card:
    """The switcher of those who work for several shops."""
    rows: list[Row] = [
        (
            Tap(
                ("● " if shop.is_current else "○ ")
                + plain_name(shop.name, NAME_COLUMNS, voice.plain("a shop")),
                f"manage:enter:{shop.public_id}",
            ),
        )
        for shop in shops
    ]
    text = voice.say("🔀 <b>Shops that you work for</b>\nWhich one will you manage?")
    return Card(text, (*rows, (back_button("manage:open", voice), home_button(voice))))


def desk_goods_card(page: DeskPage, voice: Voice) -> Card:
    """Goods to edit; each button opens one."""
    head = voice.say(
        "<b>{head}</b> · {count}",
        head=voice.plain("📦 Goods"),
        count=voice.plural("{n} product", "{n} products", page.total),
    )
    if page.total == 0:
        text = (
            voice.say(
                "🔍 Nothing is called <b>{words}</b>. 👉 Send me other words.",
                words=person_name(page.words, 40, "?"),
            )
            if page.words
            else voice.say(
                "📦 <b>Goods</b>\n\nYour products will stand here. 👉 Add the first one, or import a file with "
                "<code>tuike import products</code>."
            )
        )
        add = (Tap(voice.plain("➕ Add a product"), "manage:add"),)
        return Card(text, (add, (back_button("manage:open", voice), home_button(voice))))
    parts = [head] + [
        _listed(number, product, page, voice) for number, product in enumerate(page.products, 1)
    ]
    if page.words and len(page.products) < page.total:
        parts.append(voice.say("<i>These are the best sellers of them; more words narrow it down.</i>"))
    buttons = [
        Tap(
            f"{number}. {plain_name(product.title, _LABEL_COLUMNS, voice.plain('a product'))}",
            f"product:show:{product.id}",
        )
        for number, product in enumerate(page.products, 1)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    turns = []
    if not page.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "manage:goods"))
    if page.next_after is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"manage:goods:{page.next_after}"))
    if turns:
        rows.append(tuple(turns))
    find, more = voice.plain("🔍 Find a product"), voice.plain("➕ Add a product")
    rows.append((Tap(find, "manage:find"), Tap(more, "manage:add")))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("manage:open", voice), home_button(voice))))


def _listed(number: int, product: Product, page: DeskPage, voice: Voice) -> Markup:
    line = voice.say(
        "<b>{number}.</b> {title}\n<code>{sku}</code> · {price}",
        number=number,
        title=title(product.title, voice),
        sku=plain_name(product.sku, 40, "?"),
        price=money(product.price_minor, page.currency, voice.language),
    )
    if product.is_on_sale:
        return line
    return Markup("{} · {}").format(line, voice.plain("🙈 hidden"))


def ask_sku_card(voice: Voice) -> Card:
    """Add: the next text is the product's number."""
    text = voice.say(
        "➕ <b>Add a product</b>\n\nSend me its number (SKU) as the shop's orders name it. It stays hidden until "
        "you put it on sale."
    )
    return Card(text, ((back_button("manage:open", voice), home_button(voice)),))


def bad_sku_card(most: int, voice: Voice) -> Card:
    """What was sent is no number."""
    text = voice.say(
        "✋ A product's number has 1 to {most} characters in one line. Send it again.", most=most
    )
    return Card(text, ((back_button("manage:open", voice), home_button(voice)),))


def ask_product_words_card(voice: Voice) -> Card:
    """Find: the next text is looked for."""
    text = voice.say("🔍 Send me a word of the product's name, its number or its category.")
    return Card(text, ((back_button("manage:goods", voice), home_button(voice)),))


def templates_card(found: Sequence[PosterTemplate], voice: Voice) -> Card:
    """The shop's own templates, and how another one comes in."""
    lines = [
        voice.say(
            "🎨 <b>Poster templates</b>\n\nSend me a template file (JSON) and it is checked, kept and offered to "
            "your distributors before those that come with Tuike."
        )
    ]
    rows: list[Row] = []
    for template in found:
        name = f"{plain_name(template.family, _LABEL_COLUMNS, '?')} · {template.profile}"
        lines.append(voice.say("• {name}", name=name))
        rows.append((Tap(voice.plain("🗑 Remove {name}", name=name), f"manage:drop:{template.id}"),))
    return Card(
        Markup("\n").join(lines), (*rows[:20], (back_button("manage:open", voice), home_button(voice)))
    )


def template_kept_card(family: str, profile: str, voice: Voice) -> Card:
    """The template is in use from now on."""
    text = voice.say(
        "🎨 Template <b>{family}</b> for {profile} is kept. Open a product and tap Poster to see it.",
        family=plain_name(family, _LABEL_COLUMNS, "?"),
        profile=profile,
    )
    return Card(
        text, ((Tap(voice.plain("🎨 Templates"), "manage:looks"), Tap(voice.plain("🛍 Goods"), "goods:open")),)
    )


def template_refused_card(error: TemplateInvalidError, voice: Voice) -> Card:
    """What is wrong with the file, each with its line and path."""
    lines = [
        voice.say("✋ <b>The template is not kept.</b> What is wrong with it:"),
        *refusal_words(error.faults, voice),
    ]
    return Card(Markup("\n").join(lines), ((Tap(voice.plain("🎨 Templates"), "manage:looks"),),))


def no_file_card(most_megabytes: int, voice: Voice) -> Card:
    """The file could not be had, or is too large."""
    text = voice.say(
        "✋ That file can't be taken in: it is larger than {most} MB, or it did not arrive. Send it again.",
        most=most_megabytes,
    )
    return Card(text, ((Tap(voice.plain("🏪 The shop"), "manage:open"),),))


def unasked_upload_card(voice: Voice) -> Card:
    """A picture out of the blue: where it would go."""
    text = voice.say(
        "🖼 For a product's picture open the product, tap Picture, and send it then. Poster templates are JSON files."
    )
    return Card(
        text,
        ((Tap(voice.plain("📦 Goods"), "manage:goods"), Tap(voice.plain("🏪 The shop"), "manage:open")),),
    )
