"""Words to send beside a link, in three tones: the shop's own where it wrote some, else ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bot.cards.card import Card, CopyText, Row, SendToChat, Tap, fits_copying
from bot.cards.words import back_button, home_button, title
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money
from bot.voice.names import cut
from models.catalog.captions import TITLE_CHARS, Tone, filled, units
from models.catalog.products import Product

TONES = {
    Tone.WARM: Phrase("💛 Warm"),
    Tone.LIVELY: Phrase("🎉 Lively"),
    Tone.PLAIN: Phrase("📄 Plain"),
}
_OURS = {
    Tone.WARM: Phrase(
        "I thought of you when I saw this: {title}. It is {price} at the moment. Here it is: {link}"
    ),
    Tone.LIVELY: Phrase("👀 Look what I found! {title} for {price} 👉 {link}"),
    Tone.PLAIN: Phrase("{title}\n{price}\n{link}"),
}


@dataclass(frozen=True, slots=True)
class CaptionFacts:
    """A product, its reader's own link, and what the shop has written for it in the reader's language."""

    currency: str
    product: Product
    url: str
    code: str
    written: Mapping[Tone, str]


def captions_card(facts: CaptionFacts, voice: Voice) -> Card:
    """Three captions with the reader's link in them; each is copied with one tap."""
    parts = [voice.say("✍️ <b>Captions</b> · {title}", title=title(facts.product.title, voice))]
    copies: list[Row] = []
    for tone in Tone:
        text = caption_text(facts, tone, voice)
        head = voice.phrase(TONES[tone])
        parts.append(voice.say("<b>{tone}</b>\n<pre>{text}</pre>", tone=head, text=text))
        if fits_copying(text):
            copies.append((CopyText(voice.plain("📋 {tone}", tone=head), text),))
    if len(copies) < len(Tone):
        parts.append(voice.say("<i>A tap on a text copies it.</i>"))
    rows: tuple[Row, ...] = (
        *copies,
        (
            SendToChat(voice.plain("📤 Send to chat"), facts.code),
            Tap(voice.plain("🖼 Poster"), f"goods:poster:{facts.product.id}"),
        ),
        (back_button(f"goods:show:{facts.product.id}", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join(parts), rows)


def caption_text(facts: CaptionFacts, tone: Tone, voice: Voice) -> str:
    """One caption as it is sent: filled in, with the label that it is advertising (business.md 9)."""
    values = {
        "title": _title(facts.product.title) or voice.plain("a product"),
        "price": money(facts.product.price_minor, facts.currency, voice.language),
        "link": facts.url,
    }
    written = facts.written.get(tone)
    said = filled(written, values) if written else voice.phrase(_OURS[tone], **values)
    label = voice.plain("Ad")
    return f"{said}\n#{label}"


def _title(text: str) -> str:
    """The title in so few columns that the chat server counts no more characters: families of emoji weigh a lot."""
    columns = TITLE_CHARS
    while units(cut(text, columns)) > TITLE_CHARS:
        columns = columns * 3 // 4
    return cut(text, columns)
