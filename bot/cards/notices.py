"""Messages that come by themselves: order paid, money released, taken back, debt (chat.md 2, rules 2 and 10)."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.words import channel_word, dated, goods_line, order_ref, shop_name, state_word
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from models.money.commissions import CommissionState
from models.money.notices import AtShop, InDebt, NoticeFacts, OrderPaid, Released, TakenBack
from models.store.outbox import Topic

_WAITS = frozenset({CommissionState.AWAITING, CommissionState.HELD})


def notice_card(facts: NoticeFacts, voice: Voice) -> Card:
    """The notice as its reader sees it."""
    match facts:
        case OrderPaid():
            return _order_paid(facts, voice)
        case Released():
            return _released(facts, voice)
        case TakenBack():
            return _taken_back(facts, voice)
        case InDebt():
            return _in_debt(facts, voice)


def _order_paid(facts: OrderPaid, voice: Voice) -> Card:
    shop = facts.shop
    head = voice.say(
        "🎉 <b>New order: {amount}</b> at {shop}",
        amount=money(facts.amount_minor, shop.currency, voice.language),
        shop=shop_name(shop.name, voice),
    )
    lines = [
        head,
        goods_line(facts.goods, voice),
        voice.say(
            "Order {ref} · {channel}",
            ref=order_ref(facts.order_ref),
            channel=channel_word(facts.channel, voice),
        ),
        voice.say("Paid {moment}", moment=moment(facts.paid_at, shop.zone, voice.language)),
        _standing(facts, voice),
    ]
    return Card(Markup("\n").join(lines), _rows(shop, facts.order_id, voice))


def _standing(facts: OrderPaid, voice: Voice) -> Markup:
    state = state_word(facts.state, voice)
    if facts.state not in _WAITS or facts.release_at is None:
        return escape(state)
    date = dated(facts.release_at, facts.shop.zone, voice)
    return voice.say("{state}, can be withdrawn from about {date}", state=state, date=date)


def _released(facts: Released, voice: Voice) -> Card:
    shop = facts.shop
    lines = [
        voice.say(
            "✅ <b>{amount} can be withdrawn now</b>",
            amount=money(facts.amount_minor, shop.currency, voice.language),
        ),
        *_released_of(facts, voice),
        voice.say(
            "Available in all: {amount}",
            amount=money(facts.available_minor, shop.currency, voice.language),
        ),
    ]
    if facts.arrives_in_days is not None:
        lines.append(
            voice.plural(
                "A withdrawal (💰 Earnings) arrives within {n} day.",
                "A withdrawal (💰 Earnings) arrives within {n} days.",
                facts.arrives_in_days,
            )
        )
    lines.append(escape(moment(facts.at, shop.zone, voice.language)))
    paper = (Tap(voice.plain("📄 Statement"), f"statement:of:{shop.merchant_id}"),)
    mute = (Tap(voice.plain("🔕 No more of these"), f"topic:mute:{Topic.SETTLEMENT}"),)
    return Card(Markup("\n").join(lines), (_to_earnings(shop, voice) + paper, mute))


def _released_of(facts: Released, voice: Voice) -> list[Markup]:
    """How many orders and bonuses, of which time, and what refunds had taken back of them before."""
    shop = facts.shop
    name = shop_name(shop.name, voice)
    lines = []
    if facts.orders or not facts.bonuses:
        lines.append(
            voice.plural(
                "The hold of {n} order at {shop} is over.",
                "The hold of {n} orders at {shop} is over.",
                facts.orders,
                shop=name,
            )
        )
    if facts.bonuses:
        lines.append(
            voice.plural(
                "{n} bonus at {shop} is among it.",
                "{n} bonuses at {shop} are among it.",
                facts.bonuses,
                shop=name,
            )
        )
    if facts.earned_from is not None and facts.earned_until is not None:
        first, last = (dated(each, shop.zone, voice) for each in (facts.earned_from, facts.earned_until))
        lines.append(
            voice.say("Earned on {day}", day=first)
            if first == last
            else voice.say("Earned from {first} to {last}", first=first, last=last)
        )
    if facts.reversed_minor:
        lines.append(
            voice.say(
                "Refunds had taken back {amount} of these before.",
                amount=money(facts.reversed_minor, shop.currency, voice.language),
            )
        )
    return lines


def _taken_back(facts: TakenBack, voice: Voice) -> Card:
    shop = facts.shop
    amount = money(facts.reversed_minor, shop.currency, voice.language)
    name = shop_name(shop.name, voice)
    head = (
        voice.say("↩️ <b>Order cancelled: {amount} taken back</b> at {shop}", amount=amount, shop=name)
        if facts.cancelled
        else voice.say("↩️ <b>Refund: {amount} taken back</b> at {shop}", amount=amount, shop=name)
    )
    lines = [
        head,
        goods_line(facts.goods, voice),
        voice.say(
            "Order {ref}. What is left of your commission: {left}",
            ref=order_ref(facts.order_ref),
            left=money(facts.left_minor, shop.currency, voice.language),
        ),
        escape(moment(facts.at, shop.zone, voice.language)),
    ]
    return Card(Markup("\n").join(lines), _rows(shop, facts.order_id, voice))


def _in_debt(facts: InDebt, voice: Voice) -> Card:
    shop = facts.shop
    lines = [
        voice.say(
            "⚠️ <b>Your balance at {shop} is {balance}</b>",
            shop=shop_name(shop.name, voice),
            balance=money(-facts.debt_minor, shop.currency, voice.language),
        ),
        voice.say(
            "Buyers sent goods back after their commission had been released. "
            "You pay nothing: your next commissions fill the gap first."
        ),
        escape(moment(facts.at, shop.zone, voice.language)),
    ]
    return Card(Markup("\n").join(lines), (_to_earnings(shop, voice),))


def _rows(shop: AtShop, order_id: int, voice: Voice) -> tuple[Row, ...]:
    return ((Tap(voice.plain("🧾 This order"), f"order:show:{order_id}"),), _to_earnings(shop, voice))


def _to_earnings(shop: AtShop, voice: Voice) -> Row:
    return (Tap(voice.plain("💰 Earnings"), f"earn:of:{shop.merchant_id}"),)
