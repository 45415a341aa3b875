"""My links: what each one brought, by product and by channel (chat.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, CopyText, Row, Tap
from bot.cards.words import CHANNELS, back_button, channel_word, dated, home_button, title
from bot.voice.catalogue import Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.funnel.links import NAME_CHARS, Channel, LinkState
from models.money.link_figures import Figures, LinkRow

NAME_COLUMNS = 24
_LABEL_COLUMNS = 18
_TITLE_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class LinksFacts:
    """A page of links, of all products or of one (`product_id`)."""

    currency: str
    rows: tuple[LinkRow, ...]
    next_after: int | None
    is_first: bool
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """One link. `product_id` is its product's, None for the shop as a whole or a product that has gone."""

    currency: str
    zone: ZoneInfo
    row: LinkRow
    url: str
    product_id: int | None
    made_at: datetime


def links_card(facts: LinksFacts, voice: Voice) -> Card:
    """Links, the newest first, each with what it brought; each button opens one."""
    parts = [voice.say("🔗 <b>My links</b>")]
    if not facts.rows:
        parts.append(
            voice.say(
                "Each product and channel that you share in gets a link of its own here, with its clicks, "
                "orders and earnings. 👉 Pick a product to begin."
            )
        )
    parts += [_listed(number, row, facts.currency, voice) for number, row in enumerate(facts.rows, 1)]
    buttons = [
        Tap(f"{number}. {_label(row, voice)}", f"link:show:{row.link.id}")
        for number, row in enumerate(facts.rows, 1)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    rows += _turns(facts, voice)
    if facts.product_id is not None:
        rows.append((Tap(voice.plain("🔗 Links of all goods"), "link:open"),))
        back = back_button(f"goods:show:{facts.product_id}", voice)
    else:
        rows.append(
            (Tap(voice.plain("📊 By channel"), "link:channels"), Tap(voice.plain("🛍 Goods"), "goods:open"))
        )
        back = back_button("home:open", voice)
    return Card(Markup("\n\n").join(parts), (*rows, (back, home_button(voice))))


def _turns(facts: LinksFacts, voice: Voice) -> list[Row]:
    if facts.product_id is not None:
        return []
    turns = []
    if not facts.is_first:
        turns.append(Tap(voice.plain("⏮ Newest"), "link:open"))
    if facts.next_after is not None:
        turns.append(Tap(voice.plain("Older ▶"), f"link:after:{facts.next_after}"))
    return [tuple(turns)] if turns else []


def _listed(number: int, row: LinkRow, currency: str, voice: Voice) -> Markup:
    return Markup("\n").join(
        (
            voice.say("<b>{number}.</b> {title}", number=number, title=_title(row, voice)),
            _where(row, voice),
            _in_short(row.figures, currency, voice),
        )
    )


def _title(row: LinkRow, voice: Voice) -> Markup:
    return title(row.title, voice) if row.title is not None else voice.say("The whole shop")


def _where(row: LinkRow, voice: Voice, columns: int = NAME_COLUMNS) -> Markup:
    """Channel, the owner's own name for it in so many columns, and whether it rests."""
    where = Markup("{}").format(channel_word(row.link.channel, voice))
    if row.link.name:
        named = person_name(row.link.name, columns, voice.plain("unnamed"))
        where = Markup("{} · {}").format(where, named)
    if row.link.state is LinkState.PAUSED:
        where = Markup("{} · {}").format(where, voice.plain("⏸ paused"))
    return where


def _label(row: LinkRow, voice: Voice) -> str:
    if row.link.name:
        return plain_name(row.link.name, _LABEL_COLUMNS, voice.plain("unnamed"))
    name = row.title if row.title is not None else voice.plain("The whole shop")
    return plain_name(name, _LABEL_COLUMNS, voice.plain("a product"))


def _in_short(figures: Figures, currency: str, voice: Voice) -> Markup:
    return voice.say(
        "{clicks} · {orders} · <b>{amount}</b>",
        clicks=voice.plural("{n} click", "{n} clicks", figures.clicks),
        orders=voice.plural("{n} order", "{n} orders", figures.orders),
        amount=money(figures.earned_minor, currency, voice.language),
    )


def link_card(facts: LinkFacts, voice: Voice) -> Card:
    """One link: where it leads, every step of its funnel, and what can be done with it."""
    row, figures = facts.row, facts.row.figures
    head = (
        voice.say("🔗 <b>{title}</b>", title=_title(row, voice)),
        _where(row, voice, 2 * NAME_CHARS),
        voice.say("Since {date}", date=dated(facts.made_at, facts.zone, voice)),
    )
    link = voice.say("Code <b>{code}</b>:\n<code>{url}</code>", code=row.link.code, url=facts.url)
    parts = [Markup("\n").join(head), Markup("\n").join(_funnel(figures, facts.currency, voice)), link]
    is_paused = row.link.state is LinkState.PAUSED
    if is_paused:
        parts.append(
            voice.say(
                "⏸ Paused: it still brings buyers to the shop, but counts nothing and earns nothing for you."
            )
        )
    key = row.link.id
    pause = (
        Tap(voice.plain("▶ Resume"), f"link:resume:{key}")
        if is_paused
        else Tap(voice.plain("⏸ Pause"), f"link:pause:{key}")
    )
    rows: tuple[Row, ...] = (
        (
            CopyText(voice.plain("📋 Copy link"), facts.url),
            Tap(voice.plain("✏️ Rename"), f"link:rename:{key}"),
        ),
        (pause, Tap(voice.plain("➕ Another one"), f"link:new:{key}")),
        (back_button("link:open", voice), home_button(voice)),
    )
    if facts.product_id is not None:
        rows = (*rows[:2], (Tap(voice.plain("🛍 The product"), f"goods:show:{facts.product_id}"),), rows[2])
    return Card(Markup("\n\n").join(parts), rows)


def _funnel(figures: Figures, currency: str, voice: Voice) -> list[Markup]:
    lines = []
    if figures.shown:
        lines.append(
            voice.plural("👁 Shared as a card {n} time", "👁 Shared as a card {n} times", figures.shown)
        )
    unique = voice.plural("{n} visit", "{n} visits", figures.unique_clicks)
    lines += [
        voice.say(
            "👆 {clicks} ({unique})",
            clicks=voice.plural("{n} click", "{n} clicks", figures.clicks),
            unique=unique,
        ),
        voice.plural("🛒 Put into a cart {n} time", "🛒 Put into a cart {n} times", figures.carts),
        voice.say("📦 {orders}", orders=voice.plural("{n} order", "{n} orders", figures.orders)),
        voice.say("📈 Orders from visits: {share}", share=_share(figures, voice)),
        voice.say(
            "💰 Earned (estimate, refunds taken off): <b>{amount}</b>",
            amount=money(figures.earned_minor, currency, voice.language),
        ),
    ]
    return lines


def _share(figures: Figures, voice: Voice) -> str:
    """A share with one decimal, by integers; a dash where nothing can be compared."""
    conversion = figures.conversion
    if conversion is None:
        return "—"
    orders, visits = conversion
    tenths = orders * 1000 // visits
    return voice.plain("{whole}.{tenth}%", whole=tenths // 10, tenth=tenths % 10)


def channels_card(found: Mapping[Channel, Figures], currency: str, voice: Voice) -> Card:
    """What each channel brought, the one that earned most first."""
    parts = [voice.say("📊 <b>By channel</b>")]
    if not found:
        parts.append(
            voice.say("What each way of sharing brings will stand here. 👉 Share something to begin.")
        )
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].earned_minor, -pair[1].clicks, pair[0]))
    for channel, figures in ordered:
        parts.append(
            Markup("\n").join(
                (
                    voice.say("<b>{channel}</b>", channel=voice.phrase(CHANNELS[channel])),
                    _in_short(figures, currency, voice),
                    voice.say(
                        "{visits} · {carts} · {share}",
                        visits=voice.plural("{n} visit", "{n} visits", figures.unique_clicks),
                        carts=voice.plural("{n} cart", "{n} carts", figures.carts),
                        share=_share(figures, voice),
                    ),
                )
            )
        )
    if len(ordered) > 1:
        total = sum((figures for _, figures in ordered), Figures())
        parts.append(voice.say("<b>Together</b>\n{short}", short=_in_short(total, currency, voice)))
    rows = (
        (Tap(voice.plain("🛍 Goods"), "goods:open"),),
        (back_button("link:open", voice), home_button(voice)),
    )
    return Card(Markup("\n\n").join(parts), rows)


def ask_name_card(row: LinkRow, voice: Voice, *, refused: bool = False) -> Card:
    """Rename: the next text is the name; `refused` says that the last one was none."""
    text = voice.say(
        "✏️ <b>{title}</b>\n\nSend me a name for this link, such as the group that you share it in "
        "(up to {most} characters). Only you see it.",
        title=_title(row, voice),
        most=NAME_CHARS,
    )
    if refused:
        why = voice.say("✋ A name has 1 to {most} characters.", most=NAME_CHARS)
        text = Markup("\n\n").join((why, text))
    return Card(text, ((back_button(f"link:show:{row.link.id}", voice), home_button(voice)),))
