"""Help, and the answers to what nobody foresaw."""

from __future__ import annotations

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button
from bot.voice.catalogue import Voice


def help_card(voice: Voice) -> Card:
    """What this is and how to go on."""
    text = voice.say(
        "❓ <b>How it works</b>\n\n"
        "1. Pick a product under Goods and send its link or poster.\n"
        "2. Somebody buys through it: you are told at once.\n"
        "3. When the hold after receipt is over, the money can be withdrawn.\n\n"
        "Under Earnings every order says what it earned and why. "
        "Missing one? Send me its order number.\n\n"
        "Type my name in any chat to share a product there.\n\n"
        "/start home\n/goods goods\n/earn earnings\n/links my links\n/settings settings\n/help this page"
    )
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("🛍 Goods"), "goods:open"), Tap(voice.plain("💰 Earnings"), "earn:open")),
        (back_button("home:open", voice),),
    )
    return Card(text, rows)


def not_understood_card(voice: Voice, *, may_be_number: bool = False) -> Card:
    """A message that is no command; one that may be an order number is no order of theirs."""
    text = voice.say("🙂 I didn't understand that: the buttons lead everywhere.")
    if may_be_number:
        text += Markup("\n\n") + voice.say(
            "If it is an order number, no order of yours has it; an order appears here once it is paid through "
            "your link."
        )
    ask = (Tap(voice.plain("🔎 Ask about an order"), "ask:open"),)
    return Card(text, (ask, (home_button(voice), Tap(voice.plain("❓ Help"), "help:open"))))


def gone_card(voice: Voice) -> Card:
    """What was asked for is not there, or not theirs."""
    return Card(voice.say("🔎 That is not yours or no longer there."), ((home_button(voice),),))


def busy_card(voice: Voice) -> Card:
    """The store could not answer in time."""
    return Card(voice.say("⏳ A lot is going on right now. Please try again."), ((home_button(voice),),))


def refused_card(voice: Voice) -> Card:
    """A rule said no and no screen of its own explains it."""
    return Card(voice.say("🚫 That can't be done."), ((home_button(voice),),))
