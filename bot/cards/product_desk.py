"""One product on the desk of the shop's people: every field is a button, every wrong answer has its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.captions import TONES
from bot.cards.card import Card, Row, Tap
from bot.cards.joining import LANGUAGE_NAMES
from bot.cards.words import OTHER_CURRENCY, back_button, home_button, title
from bot.voice.catalogue import Phrase, Voice
from bot.voice.languages import Language
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.catalog.captions import CAPTION_CHARS, FILLED_CHARS, Tone
from models.catalog.products import CATEGORY_CHARS, TITLE_CHARS, Product


class Field(StrEnum):
    """What can be changed; the word stands in buttons and questions."""

    TITLE = "title"
    PRICE = "price"
    LIST_PRICE = "list"
    SALE_ENDS = "ends"
    STOCK = "stock"
    CATEGORY = "category"
    ADDRESS = "url"
    PICTURE = "picture"


NONE = "-"
"""What is sent to leave a field empty."""
_LABELS = {
    Field.TITLE: Phrase("✏️ Title"),
    Field.PRICE: Phrase("💷 Price"),
    Field.LIST_PRICE: Phrase("🏷 Price before"),
    Field.SALE_ENDS: Phrase("⏰ Price holds until"),
    Field.STOCK: Phrase("📦 Stock"),
    Field.CATEGORY: Phrase("🗂 Category"),
    Field.ADDRESS: Phrase("🌐 Address"),
    Field.PICTURE: Phrase("🖼 Picture"),
}
_ASKED = {
    Field.TITLE: Phrase("Send me the title as buyers read it."),
    Field.PRICE: Phrase("Send me the price, such as 12.50."),
    Field.LIST_PRICE: Phrase("Send me the price before the reduction, such as 15.00, or - for none."),
    Field.SALE_ENDS: Phrase(
        "Until when does the price hold? Like 2026-12-01 18:00 on the shop's clock, or -."
    ),
    Field.STOCK: Phrase("How many are there? A whole number, or - if it is not counted."),
    Field.CATEGORY: Phrase("Send me the category, or - for none."),
    Field.ADDRESS: Phrase("Send me the product's address at your shop, or - for the shop's front page."),
    Field.PICTURE: Phrase("Send me the picture (JPEG, PNG or WebP, up to 5 MB), or - to take it away."),
}


class Wrong(StrEnum):
    """Why an answer is not taken."""

    TITLE = "title"
    PRICE = "price"
    LIST_PRICE = "list_price"
    CURRENCY = "currency"
    SALE_ENDS = "sale_ends"
    STOCK = "stock"
    CATEGORY = "category"
    ADDRESS = "address"
    PICTURE = "picture"
    CAPTION = "caption"
    UNPRICED = "unpriced"


_WRONG = {
    Wrong.TITLE: Phrase("A title has 1 to {title_chars} characters."),
    Wrong.PRICE: Phrase("That is no price. Write it like 12.50, above zero."),
    Wrong.LIST_PRICE: Phrase("The price before must be a price above today's, like 15.00, or - for none."),
    Wrong.CURRENCY: OTHER_CURRENCY,
    Wrong.SALE_ENDS: Phrase("That is no time to come. Write it like 2026-12-01 18:00, or - for none."),
    Wrong.STOCK: Phrase("Stock is a whole number from 0 to 999,999,999, or - if it is not counted."),
    Wrong.CATEGORY: Phrase("A category has 1 to {category_chars} characters, or - for none."),
    Wrong.ADDRESS: Phrase("Links lead only to your shop's own addresses: {hosts}."),
    Wrong.PICTURE: Phrase(
        "That is no picture that I can take: JPEG, PNG or WebP, up to 5 MB and 25 megapixels."
    ),
    Wrong.CAPTION: Phrase(
        "A caption has 1 to {caption_chars} characters, at most {filled_chars} with title, price and link filled "
        "in; most emoji count as two."
    ),
    Wrong.UNPRICED: Phrase("Give it a price above zero first."),
}


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """A product at a shop with this currency and zone."""

    currency: str
    zone: ZoneInfo
    product: Product


def wrong_words(wrong: Wrong, voice: Voice, hosts: tuple[str, ...] = (), currency: str = "") -> str:
    """The sentence for an answer that is not taken at a shop with these hosts and this currency."""
    return voice.phrase(
        _WRONG[wrong],
        title_chars=TITLE_CHARS,
        category_chars=CATEGORY_CHARS,
        caption_chars=CAPTION_CHARS,
        filled_chars=f"{FILLED_CHARS:,}",
        hosts=voice.plain(", ").join(hosts),
        currency=currency,
    )


def desk_card(facts: DeskFacts, voice: Voice) -> Card:
    """Everything about a product, and a button for each part of it."""
    product = facts.product
    lines = [
        voice.say("📦 <b>{title}</b>", title=title(product.title, voice)),
        voice.say("Number: <code>{sku}</code>", sku=plain_name(product.sku, 60, "?")),
        *(voice.say("{label}: {value}", label=label, value=value) for label, value in _values(facts, voice)),
        voice.say("✅ On sale")
        if product.is_on_sale
        else voice.say("🙈 Hidden: only you and your staff see it"),
    ]
    fields = [Tap(voice.phrase(_LABELS[field]), f"product:ask:{product.id}:{field}") for field in Field]
    rows: list[Row] = [tuple(fields[start : start + 2]) for start in range(0, len(fields), 2)]
    sale = (
        Tap(voice.plain("🙈 Hide it"), f"product:sale:{product.id}:off")
        if product.is_on_sale
        else Tap(voice.plain("✅ Put it on sale"), f"product:sale:{product.id}:on")
    )
    rows.append((Tap(voice.plain("✍️ Captions"), f"product:words:{product.id}"), sale))
    return Card(Markup("\n").join(lines), (*rows, (back_button("manage:goods", voice), home_button(voice))))


def _values(facts: DeskFacts, voice: Voice) -> list[tuple[str, Markup | str]]:
    product, language, none = facts.product, voice.language, "—"
    listed, ends = product.list_price_minor, product.sale_ends_at
    has_picture = product.picture_id is not None or product.image
    shown: dict[Field, Markup | str] = {
        Field.PRICE: money(product.price_minor, facts.currency, language),
        Field.LIST_PRICE: money(listed, facts.currency, language) if listed is not None else none,
        Field.SALE_ENDS: moment(ends, facts.zone, language) if ends is not None else none,
        Field.STOCK: f"{product.stock:,}" if product.stock is not None else voice.plain("not counted"),
        Field.CATEGORY: person_name(product.category, 40, none),
        Field.ADDRESS: person_name(product.url, 60, voice.plain("the shop's front page")),
        Field.PICTURE: voice.plain("there is one") if has_picture else none,
    }
    return [(voice.phrase(_LABELS[field]), value) for field, value in shown.items()]


def ask_field_card(product: Product, field: Field, voice: Voice, wrong: str = "") -> Card:
    """The next message is the field's new value; `wrong` says why the last one was not taken."""
    parts = [
        voice.say(
            "<b>{label}</b> · {title}", label=voice.phrase(_LABELS[field]), title=title(product.title, voice)
        )
    ]
    if wrong:
        parts.append(voice.say("✋ {wrong}", wrong=wrong))
    parts.append(voice.say("{asked}", asked=voice.phrase(_ASKED[field])))
    return Card(
        Markup("\n\n").join(parts), ((back_button(f"product:show:{product.id}", voice), home_button(voice)),)
    )


def desk_captions_card(product: Product, written: Mapping[tuple[Tone, Language], str], voice: Voice) -> Card:
    """Which captions the shop has written, by tone and language; a tap writes one anew."""
    parts = [
        voice.say("✍️ <b>Captions</b> · {title}", title=title(product.title, voice)),
        voice.say("Where you have written nothing, Tuike's own words stand in."),
    ]
    rows: list[Row] = []
    for tone in Tone:
        row = []
        for language in Language:
            text = written.get((tone, language))
            mark = "✅" if text else "☐"
            if text:
                parts.append(
                    voice.say(
                        "<b>{tone}, {language}</b>\n{text}",
                        tone=voice.phrase(TONES[tone]),
                        language=LANGUAGE_NAMES[language],
                        text=person_name(text, 160, "—"),
                    )
                )
            label = f"{mark} {voice.phrase(TONES[tone])}, {LANGUAGE_NAMES[language]}"
            row.append(Tap(label, f"product:write:{product.id}:{tone}:{language.code}"))
        rows.append(tuple(row))
    back = (back_button(f"product:show:{product.id}", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (*rows, back))


def ask_caption_card(product: Product, tone: Tone, language: Language, voice: Voice, wrong: str = "") -> Card:
    """The next text is the caption."""
    parts = [
        voice.say(
            "✍️ <b>{tone}, {language}</b> · {title}",
            tone=voice.phrase(TONES[tone]),
            language=LANGUAGE_NAMES[language],
            title=title(product.title, voice),
        )
    ]
    if wrong:
        parts.append(voice.say("✋ {wrong}", wrong=wrong))
    parts.append(
        voice.say(
            "Send me the words, up to {most} characters. <code>{{title}}</code>, <code>{{price}}</code> and "
            "<code>{{link}}</code> are filled in for each distributor. Send - to use Tuike's own words.",
            most=CAPTION_CHARS,
        )
    )
    back = (back_button(f"product:words:{product.id}", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (back,))
