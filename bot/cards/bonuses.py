"""Messages about bonuses that no order brought (chat.md 2, rules 2 and 10)."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Tap
from bot.cards.reasons import bonus_reasons
from bot.cards.timeline import bonus_title
from bot.cards.words import dated, shop_name, state_word
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from models.money.bonus_notices import BonusEarned
from models.money.commissions import CommissionState

_WAITS = frozenset({CommissionState.AWAITING, CommissionState.HELD})


def bonus_notice_card(facts: BonusEarned, voice: Voice) -> Card:
    """A bonus was earned: of which kind and period, how much, why, and when it can be withdrawn."""
    shop, bonus = facts.shop, facts.commission
    state = state_word(bonus.state, voice)
    standing = (
        voice.say(
            "{state}, can be withdrawn from about {date}",
            state=state,
            date=dated(bonus.release_at, shop.zone, voice),
        )
        if bonus.state in _WAITS and bonus.release_at is not None
        else escape(state)
    )
    lines = [
        voice.say(
            "🏅 <b>{bonus}: {amount}</b> at {shop}",
            bonus=bonus_title(bonus, voice),
            amount=money(bonus.amount_minor, shop.currency, voice.language),
            shop=shop_name(shop.name, voice),
        ),
        bonus_reasons(bonus, facts.plan, shop.currency, voice),
        standing,
        escape(moment(bonus.earned_at, shop.zone, voice.language)),
    ]
    earnings = (Tap(voice.plain("💰 Earnings"), f"earn:of:{shop.merchant_id}"),)
    why = (Tap(voice.plain("🧮 Why this amount"), f"bonus:show:{bonus.id}"),)
    return Card(Markup("\n").join(lines), (why, earnings))
