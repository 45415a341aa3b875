"""Messages about claims: to the shop's people when one is filed, to the claimant when it is decided."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Tap
from bot.cards.words import NAME_COLUMNS, home_button, order_ref, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name
from models.money.claim_notices import ClaimDecided, ClaimFacts, ClaimFiled

NOTE_COLUMNS = 1_000


def claim_notice_card(facts: ClaimFacts, voice: Voice) -> Card:
    """The notice as its reader sees it."""
    return _claim_filed(facts, voice) if isinstance(facts, ClaimFiled) else _claim_decided(facts, voice)


def _claim_filed(facts: ClaimFiled, voice: Voice) -> Card:
    name = person_name(facts.claimant, NAME_COLUMNS, voice.plain("Somebody"))
    lines = [
        voice.say(
            "📣 <b>A claim about order {ref}</b> at {shop}",
            ref=order_ref(facts.order_ref),
            shop=shop_name(facts.shop.name, voice),
        ),
        voice.say("This order is {name}'s own; they say that what it earned is wrong.", name=name)
        if facts.is_own
        else voice.say("{name} says that this order should have been theirs.", name=name),
        *([voice.say("🖼 With a picture")] if facts.has_picture else []),
        escape(moment(facts.at, facts.shop.zone, voice.language)),
    ]
    rows = (
        (Tap(voice.plain("⚖️ Decide"), f"claim:open:{facts.claim_id}"),),
        (Tap(voice.plain("📥 All open claims"), "claim:inbox"), home_button(voice)),
    )
    return Card(Markup("\n").join(lines), rows)


def _claim_decided(facts: ClaimDecided, voice: Voice) -> Card:
    shop, ref = facts.shop, order_ref(facts.order_ref)
    name = shop_name(shop.name, voice)
    if facts.granted_minor is None:
        lines = [
            voice.say("📣 <b>Your claim about order {ref} was refused</b> by {shop}", ref=ref, shop=name)
        ]
    else:
        amount = money(facts.granted_minor, shop.currency, voice.language)
        lines = [
            voice.say(
                "📣 <b>Your claim about order {ref} was granted: {amount}</b> by {shop}",
                ref=ref,
                amount=amount,
                shop=name,
            ),
            voice.say("It is available now, as goodwill; whose order it is stays as it was."),
        ]
    if facts.note:
        lines.append(voice.say("The shop says: {note}", note=person_name(facts.note, NOTE_COLUMNS, "")))
    lines.append(escape(moment(facts.at, shop.zone, voice.language)))
    earnings = (Tap(voice.plain("💰 Earnings"), f"earn:of:{shop.merchant_id}"),)
    mine = (Tap(voice.plain("📣 My claims"), f"claim:show:{facts.claim_id}"),)
    return Card(Markup("\n").join(lines), (mine, earnings))
